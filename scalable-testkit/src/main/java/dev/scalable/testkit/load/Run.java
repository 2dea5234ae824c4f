package dev.scalable.testkit.load;

import java.time.Duration;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a plan. The calling thread starts the senders, lets them go together, reports progress and waits; another
 * thread does what is to happen to the system meanwhile.
 */
final class Run {
  private static final Logger log = LoggerFactory.getLogger(Load.class);
  static final int PLATFORM_THREADS = 64;
  private static final long PROGRESS_SECONDS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Plan plan;
  private final String id = Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
  private final long begun = System.nanoTime();
  private final CountDownLatch started = new CountDownLatch(1);
  private final AtomicReference<@Nullable LoadFailedException> failure = new AtomicReference<>();
  private final LongAdder sent = new LongAdder();
  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
  private final WarmingUp warmingUp;
  private final Disturbance disturbance;
  private volatile boolean stopped;
  private volatile long start;

  Run(Plan plan) {
    this.plan = plan;
    this.warmingUp = new WarmingUp(this, plan);
    this.disturbance = new Disturbance(this, plan);
  }

  /** Carries the plan out, once. */
  LoadResult result(Circumstances circumstances) {
    Senders senders = switch (plan.model()) {
      case ClosedModel closed -> new ClosedSenders(this, plan, closed);
      case OpenModel open -> new OpenSenders(this, plan, open);
    };
    try {
      senders.start();
      if (await(senders.ready(), "connecting and warming up", warmingUp.sent())) {
        circumstances.begin(warmingUp.told());
        start = System.nanoTime();
        start(disturbance::doFaults, "faults", false);
        start(disturbance::doAction, "action", false);
        started.countDown();
        if (await(senders.ended(), "sending", sent)) {
          disturbance.loadEnded();
          await(disturbance.ended(), "waiting for the end of the action and the faults", sent);
        }
        circumstances.end();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      fail("the waiting thread was interrupted", interrupted);
    } finally {
      stopped = true;
      started.countDown();
      end();
    }
    LoadFailedException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    if (warmingUp.losses() > 0) {
      log.warn("{}: warm-up: {}", plan.name(), warmingUp.told());
    }
    LoadResult result = circumstances.result(senders.exchanges(), disturbance.faults());
    log.info("{}", result);
    plan.surroundings().listener().accept(result);
    return result;
  }

  String id() {
    return id;
  }

  WarmingUp warmingUp() {
    return warmingUp;
  }

  /** For a sender that is ready: waits for all others; returns the start of the run. */
  long awaitStart() throws InterruptedException {
    started.await();
    return start;
  }

  /** Whether the load has to go on at a time, in nanoseconds since the start, whatever the model asks for. */
  boolean heldAt(long time) {
    return disturbance.holdsTheLoadAt(time);
  }

  boolean stopped() {
    return stopped;
  }

  long sinceStart() {
    return System.nanoTime() - start;
  }

  void count() {
    sent.increment();
  }

  /** Ends the run without result; the first failure is the one that is told, later ones are attached to it. */
  void fail(String what, @Nullable Throwable cause) {
    LoadFailedException failed = new LoadFailedException(
        String.format(
            Locale.ROOT,
            "the load '%s' (%s) was stopped after %.1f s and %d requests: %s",
            plan.name(), plan.model(), (System.nanoTime() - begun) / 1e9, sent.sum(), what),
        cause);
    LoadFailedException first = failure.compareAndExchange(null, failed);
    if (first != null) {
      first.addSuppressed(failed);
    }
    stopped = true;
  }

  /** Starts a thread that the run waits for at its end. */
  void start(Runnable work, String name, boolean virtual) {
    Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    threads.add(builder.name("load-" + name).start(work));
  }

  /** Waits, with a line of progress now and then; false if the run has failed meanwhile. */
  private boolean await(CountDownLatch latch, String doing, LongAdder requests) throws InterruptedException {
    long last = requests.sum();
    while (!latch.await(PROGRESS_SECONDS, TimeUnit.SECONDS)) {
      long now = requests.sum();
      log.info("{}: {}, {} requests done, {} per second", plan.name(), doing, now, (now - last) / PROGRESS_SECONDS);
      last = now;
      if (System.nanoTime() - begun > plan.giveUpAfter().toNanos()) {
        fail("given up while " + doing + ": the whole run may take " + plan.giveUpAfter(), null);
        return false;
      }
    }
    return failure.get() == null;
  }

  /** Waits for the threads, which have a reason to end; after a failure they are interrupted in what they do. */
  private void end() {
    boolean interrupted = Thread.interrupted();
    for (Thread thread = threads.poll(); thread != null; thread = threads.poll()) {
      long patience = System.nanoTime() + PATIENCE.toNanos();
      while (thread.isAlive() && (failure.get() == null || System.nanoTime() < patience)) {
        if (failure.get() != null) {
          thread.interrupt();
        }
        try {
          thread.join(Duration.ofMillis(100));
        } catch (InterruptedException again) {
          interrupted = true;
          fail("the waiting thread was interrupted", again);
        }
      }
      if (thread.isAlive()) {
        log.error("{}: thread {} does not answer to interruption and is left behind", plan.name(), thread.getName());
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
