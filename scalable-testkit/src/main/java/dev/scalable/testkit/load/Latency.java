package dev.scalable.testkit.load;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.HdrHistogram.HistogramLogWriter;

/**
 * How long requests took: a histogram with three digits of precision (HdrHistogram). Immutable.
 *
 * <p>It gives no percentile that its number of requests cannot support: {@code p(q)} needs {@code 10 / (1 - q)}, so
 * that at least ten requests lie beyond it. 200 requests support p95, p99 needs 1,000, p99.9 needs 10,000.
 */
public final class Latency {
  private static final int POINTS_PER_HALF = 10;

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
    return count() == 0 ? 0 : (count() - notAbove) / (double) count();
  }

  /**
   * A point of the curve of all percentiles.
   *
   * @param share the share of the requests that did not exceed the time, at least 0 and below 1
   * @param time the time
   */
  public record Point(double share, Duration time) {}

  /**
   * Returns the curve of all percentiles, ten points each time the share that is left halves, for a picture: its right
   * end rests on single requests, and {@link #max()} is where it goes to. Empty if there is no request.
   */
  public List<Point> curve() {
    List<Point> points = new ArrayList<>();
    for (HistogramIterationValue value : histogram.percentiles(POINTS_PER_HALF)) {
      double share = value.getPercentileLevelIteratedTo() / 100;
      if (share < 1) {
        points.add(new Point(share, Duration.ofNanos(value.getValueIteratedTo())));
      }
    }
    return List.copyOf(points);
  }

  /** Returns the table of all percentiles in milliseconds, as HdrHistogram prints it and its plotter reads it. */
  public String table() {
    var bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      histogram.outputPercentileDistribution(out, 1e6);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** A histogram log of one interval for each of several, by their tags. */
  static String log(Instant start, Duration length, Map<String, Latency> byTag) {
    var bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      HistogramLogWriter log = new HistogramLogWriter(out);
      log.outputLogFormatVersion();
      log.outputStartTime(start.toEpochMilli());
      log.setBaseTime(start.toEpochMilli());
      log.outputLegend();
      new TreeMap<>(byTag).forEach((tag, latency) -> {
        Histogram tagged = latency.histogram.copy();
        tagged.setTag(tag);
        tagged.setStartTimeStamp(start.toEpochMilli());
        tagged.setEndTimeStamp(start.plus(length).toEpochMilli());
        log.outputIntervalHistogram(tagged);
      });
    }
    return bytes.toString(StandardCharsets.UTF_8);
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
