package dev.scalable.testkit.backend;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition of another process, by asking again; there is nothing to be notified by. */
public final class Await {
  private static final Duration PAUSE = Duration.ofMillis(10);

  private Await() {}

  /**
   * Returns when {@code condition} holds.
   *
   * @param failure the message when it did not hold within {@code limit}
   */
  public static void until(BooleanSupplier condition, Duration limit, Supplier<String> failure) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new ClusterException(failure.get());
      }
      pause(PAUSE);
    }
  }

  /** Lets the other process work. */
  public static void pause(Duration pause) {
    try {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** The exception for an interrupt while waiting, with the thread's interrupt flag set again. */
  public static ClusterException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ClusterException("interrupted while waiting for a node of the cluster", e);
  }
}
