package dev.scalable.testkit.load;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;

/**
 * How long requests took: a histogram with three digits of precision (HdrHistogram). Immutable.
 *
 * <p>It gives no percentile that its number of requests cannot support: {@code p(q)} needs {@code 10 / (1 - q)}, so
 * that at least ten requests lie beyond it. 200 requests support p95, p99 needs 1,000, p99.9 needs 10,000.
 */
public final class Latency {
  private final Histogram histogram = new Histogram(3);

  Latency(LongStream nanos) {
    nanos.forEach(time -> histogram.recordValue(Math.max(1, time)));
  }

  /** Returns the number of requests. */
  public long count() {
    return histogram.getTotalCount();
  }

  /** Returns the shortest time; needs one request. */
  public Duration min() {
    return Duration.ofNanos(require(1, "a minimum").getMinValue());
  }

  /** Returns the mean; needs one request. */
  public Duration mean() {
    return Duration.ofNanos((long) require(1, "a mean").getMean());
  }

  /** Returns the longest time; needs one request. */
  public Duration max() {
    return Duration.ofNanos(require(1, "a maximum").getMaxValue());
  }

  /** Returns the median; needs 20 requests. */
  public Duration p50() {
    return p(0.5);
  }

  /** Returns the time that 95 % of the requests did not exceed; needs 200. */
  public Duration p95() {
    return p(0.95);
  }

  /** Returns the time that 99 % of the requests did not exceed; needs 1,000. */
  public Duration p99() {
    return p(0.99);
  }

  /**
   * Returns the time that a share of the requests did not exceed.
   *
   * @param share at least 0 and below 1, such as 0.999
   * @throws IllegalStateException if there are too few requests to say so
   */
  public Duration p(double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException("a percentile is given as a share from 0 to below 1, this is " + share);
    }
    return Duration.ofNanos(require(needed(share), "p" + percent(share)).getValueAtPercentile(share * 100));
  }

  /** Which share of the requests took longer than that; 0 if there are none. */
  double shareAbove(Duration time) {
    long notAbove = histogram.getCountBetweenValues(0, time.toNanos());
    return count() == 0 ? 0 : 1 - notAbove / (double) count();
  }

  /** Whether there are enough requests for a percentile. */
  public boolean supports(double share) {
    return count() >= needed(share);
  }

  /** Returns all figures that there are enough requests for, in milliseconds. */
  @Override
  public String toString() {
    if (count() == 0) {
      return "no times";
    }
    StringBuilder line = new StringBuilder("mean %s".formatted(millis(mean())));
    for (double share : new double[] {0.5, 0.95, 0.99, 0.999}) {
      if (supports(share)) {
        line.append(", p").append(percent(share)).append(' ').append(millis(p(share)));
      }
    }
    return line.append(", min %s, max %s ms".formatted(millis(min()), millis(max()))).toString();
  }

  private Histogram require(long needed, String what) {
    if (count() < needed) {
      throw new IllegalStateException(
          what + " needs at least " + needed + " successful requests, there are " + count() + ": send more");
    }
    return histogram;
  }

  private static long needed(double share) {
    // Rounded to a billionth first: 10 / (1 - 0.9) must be 100, not 101.
    return (long) Math.ceil(Math.round(10e9 / (1 - share)) / 1e9);
  }

  private static String percent(double share) {
    return new DecimalFormat("0.###", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(share * 100);
  }

  private static String millis(Duration time) {
    return String.format(Locale.ROOT, "%.2f", time.toNanos() / 1e6);
  }
}
