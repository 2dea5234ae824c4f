package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a plan. The calling thread starts the users, lets them go together, reports progress and waits; another
 * thread does what is to happen to the system meanwhile.
 */
final class Run {
  private static final Logger log = LoggerFactory.getLogger(Load.class);
  private static final int PLATFORM_THREADS = 64;
  private static final long PROGRESS_SECONDS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Plan plan;
  private final String id = Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
  private final long begun = System.nanoTime();
  private final CountDownLatch ready;
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch ended;
  private final AtomicReference<@Nullable LoadFailedException> failure = new AtomicReference<>();
  private final LongAdder sent = new LongAdder();
  private final LongAdder warmedUp = new LongAdder();
  private final LongAdder warmUpLosses = new LongAdder();
  private final Disturbance disturbance;
  private volatile boolean stopped;
  private volatile long start;

  Run(Plan plan) {
    this.plan = plan;
    this.ready = new CountDownLatch(plan.model().users());
    this.ended = new CountDownLatch(plan.model().users());
    this.disturbance = new Disturbance(this, plan);
  }

  /** Carries the plan out, once. */
  LoadResult result() {
    List<String> expected = List.copyOf(plan.instances().get());
    List<User> users =
        IntStream.range(0, plan.model().users()).mapToObj(number -> new User(this, plan, number)).toList();
    List<Thread> threads = new ArrayList<>();
    try {
      for (User user : users) {
        threads.add(start(user, "user-" + threads.size(), users.size() > PLATFORM_THREADS));
      }
      if (await(ready, "connecting and warming up", warmedUp)) {
        start = System.nanoTime();
        threads.add(start(disturbance::doFaults, "faults", false));
        threads.add(start(disturbance::doAction, "action", false));
        started.countDown();
        if (await(ended, "sending", sent)) {
          disturbance.loadEnded();
          await(disturbance.ended(), "waiting for the end of the action and the faults", sent);
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      fail("the waiting thread was interrupted", interrupted);
    } finally {
      stopped = true;
      started.countDown();
      end(threads);
    }
    LoadFailedException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    return summed(users, expected);
  }

  String id() {
    return id;
  }

  /** For a user: says that it is ready, and waits for all others; returns the start of the run. */
  long awaitStart() throws InterruptedException {
    ready.countDown();
    started.await();
    return start;
  }

  boolean asksForMore(int done) {
    return !stopped && (disturbance.holdsTheLoad() || plan.model().asksForMore(done, sinceStart()));
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

  void warmUp(Exchange exchange) {
    warmedUp.increment();
    if (exchange.fate() != Fate.OK) {
      warmUpLosses.increment();
    }
  }

  void userEnded() {
    ready.countDown();
    ended.countDown();
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

  private static Thread start(Runnable work, String name, boolean virtual) {
    Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    return builder.name("load-" + name).start(work);
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
  private void end(List<Thread> threads) {
    boolean interrupted = Thread.interrupted();
    for (Thread thread : threads) {
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

  private LoadResult summed(List<User> users, List<String> expected) {
    List<Exchange> exchanges = users.stream()
        .flatMap(user -> user.exchanges().stream())
        .sorted(Comparator.comparingLong(Exchange::start))
        .toList();
    LoadResult result = new LoadResult(
        plan.name(), plan.model().toString(), exchanges, disturbance.faults(), expected);
    if (warmUpLosses.sum() > 0) {
      log.warn("{}: {} of {} warm-up requests were not ok", plan.name(), warmUpLosses.sum(), plan.warmUp().requests());
    }
    log.info("{}", result);
    return result;
  }
}
