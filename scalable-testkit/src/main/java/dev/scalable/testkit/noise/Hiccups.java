package dev.scalable.testkit.noise;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * How long the machine keeps a thread from running that wants nothing but to run again in a millisecond. Whatever
 * delays it (other processes, a hypervisor, a garbage collection) delays the thread of a load generator as well. After
 * jHiccup. For one thread.
 */
final class Hiccups {
  private static final Duration SLEEP = Duration.ofMillis(1);

  private final Histogram histogram = new Histogram(3);
  private final Sleeper sleeper;
  private final LongSupplier nanoTime;

  Hiccups(Sleeper sleeper, LongSupplier nanoTime) {
    this.sleeper = sleeper;
    this.nanoTime = nanoTime;
  }

  /** Sleeps once and records the delay, also that of a sleep that was interrupted late. */
  void sleepOnce() throws InterruptedException {
    long begin = nanoTime.getAsLong();
    try {
      sleeper.sleep(SLEEP);
    } finally {
      record(nanoTime.getAsLong() - begin - SLEEP.toNanos());
    }
  }

  /** The delay that 99 % of the sleeps did not exceed; zero if there was none. */
  Duration p99() {
    return Duration.ofNanos(histogram.getValueAtPercentile(99));
  }

  /** The longest delay; zero if there was none. */
  Duration max() {
    return Duration.ofNanos(histogram.getMaxValue());
  }

  /** A pause of 100 ms is a hundred sleeps that did not happen: without them it would be one sample among thousands. */
  private void record(long delay) {
    histogram.recordValueWithExpectedInterval(Math.max(0, delay), SLEEP.toNanos());
  }

  /** How to sleep. */
  interface Sleeper {
    void sleep(Duration time) throws InterruptedException;
  }
}
