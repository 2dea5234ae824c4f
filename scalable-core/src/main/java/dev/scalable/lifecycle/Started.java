package dev.scalable.lifecycle;

import dev.scalable.health.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a service that were started, stopped once in reverse order, each within its time. */
final class Started implements Running {

  private static final Logger log = LoggerFactory.getLogger(Started.class);

  /** A start that fails is over within 10 s, whatever its parts do: each may take so long to stop, and all together. */
  private static final Duration GIVING_UP_ONE = Duration.ofSeconds(2);
  private static final Duration GIVING_UP_ALL = Duration.ofSeconds(8);
  /** Those whose turn comes when the time is over are stopped, too, if they do it at once. */
  private static final Duration AT_LEAST = Duration.ofMillis(100);

  private final List<Part> parts;
  private final Readiness readiness;
  private final AtomicBoolean closed = new AtomicBoolean();

  Started(List<Part> parts, Readiness readiness) {
    this.parts = parts;
    this.readiness = readiness;
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    // Before anything stops: a balancer that asks must be told before it is refused.
    readiness.enter(Readiness.State.DRAINING);
    for (Part part : parts.reversed()) {
      stop(part, part.stopTimeout());
    }
    readiness.enter(Readiness.State.STOPPED);
    log.info("stopped");
  }

  /** Stops every part of a service that could not start. */
  void giveUp() {
    long began = System.nanoTime();
    for (Part part : parts.reversed()) {
      Duration left = GIVING_UP_ALL.minusNanos(System.nanoTime() - began);
      Duration most = least(part.stopTimeout(), least(GIVING_UP_ONE, left));
      stop(part, most.compareTo(AT_LEAST) < 0 ? AT_LEAST : most);
    }
    readiness.enter(Readiness.State.STOPPED);
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** On a thread of its own, left behind if it does not end: a part that hangs keeps no other from stopping. */
  private static void stop(Part part, Duration most) {
    CountDownLatch stopped = new CountDownLatch(1);
    Thread thread = Thread.ofPlatform().daemon().name("stop of " + part.name()).start(() -> {
      try {
        part.stop();
      } catch (Exception | Error e) {
        log.error("{} did not stop in order: {}", part.name(), e.getMessage(), e);
      } finally {
        stopped.countDown();
      }
    });
    if (!awaitUninterrupted(stopped, most)) {
      log.error("{} has not stopped within {} ms; the other parts are stopped all the same", part.name(),
          most.toMillis());
      thread.interrupt();
    }
  }

  /** The wait is bounded, so an interrupt can wait until it is over. */
  private static boolean awaitUninterrupted(CountDownLatch latch, Duration most) {
    long deadline = System.nanoTime() + most.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return latch.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
