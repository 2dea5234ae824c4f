package dev.scalable.testkit.load;

import java.time.Duration;
import java.util.Locale;

/**
 * What the load generator and the balancer can do on this machine without any application: the yardstick that other
 * loads are compared with, since an absolute figure says more about the machine than about the system.
 *
 * @param requestsPerSecond the successful requests per second
 * @param p50 the median of their service times
 * @param p99 the time that 99 % of them did not exceed
 */
public record Calibration(double requestsPerSecond, Duration p50, Duration p99) {
  private static final double FACTOR = 2;

  /**
   * Takes the figures from a load on the location that the balancer answers by itself.
   *
   * @throws IllegalStateException if it had fewer than 1,000 successful requests
   */
  public static Calibration of(LoadResult result) {
    return new Calibration(result.throughput(), result.service().p50(), result.service().p99());
  }

  /**
   * Whether the machine was about the same in another calibration: throughput and median differ by no more than a
   * factor of two. The p99 is not asked, since on a shared machine it differs by more than that for no reason.
   */
  public boolean agreesWith(Calibration other) {
    return near(requestsPerSecond, other.requestsPerSecond)
        && near((double) p50.toNanos(), (double) other.p50.toNanos());
  }

  private static boolean near(double a, double b) {
    return a <= FACTOR * b && b <= FACTOR * a;
  }

  /** Returns the three figures. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "calibration %.0f/s, p50 %.2f ms, p99 %.2f ms",
        requestsPerSecond, p50.toNanos() / 1e6, p99.toNanos() / 1e6);
  }
}
