package dev.scalable.testkit.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * How long requests took, as it is drawn and written. It keeps to the rule of
 * {@link dev.scalable.testkit.load.Latency}: a percentile that fewer than ten requests lie beyond is not given as a
 * figure, and only dashed in a curve.
 */
final class Distribution {
  /** The percentiles in tables. */
  static final List<Double> SHARES = List.of(0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999);

  private static final int BEYOND = 10;

  private final Histogram histogram = new Histogram(3);

  private Distribution() {}

  static Distribution of(LongStream nanos) {
    Distribution made = new Distribution();
    nanos.forEach(time -> made.histogram.recordValue(Math.max(1, time)));
    return made;
  }

  long count() {
    return histogram.getTotalCount();
  }

  OptionalDouble min() {
    return count() == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) histogram.getMinValue());
  }

  OptionalDouble mean() {
    return count() == 0 ? OptionalDouble.empty() : OptionalDouble.of(histogram.getMean());
  }

  OptionalDouble max() {
    return count() == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) histogram.getMaxValue());
  }

  /** In nanoseconds; empty if there are too few requests to say so. */
  OptionalDouble p(double share) {
    return supports(share)
        ? OptionalDouble.of((double) histogram.getValueAtPercentile(share * 100))
        : OptionalDouble.empty();
  }

  boolean supports(double share) {
    return count() > 0 && count() * (1 - share) >= BEYOND - 1e-6;
  }

  /** The curve from the fastest request to the slowest. */
  List<Point> curve() {
    List<Point> points = new ArrayList<>();
    double last = 1 - 1.0 / Math.max(1, count());
    for (HistogramIterationValue value : histogram.percentiles(5)) {
      double share = Math.min(value.getPercentileLevelIteratedTo() / 100, last);
      points.add(new Point(share, value.getValueIteratedTo(), supports(share)));
    }
    return points;
  }

  Histogram histogram() {
    return histogram.copy();
  }

  /**
   * A point of the curve.
   *
   * @param share the share of requests that took no longer
   * @param supported whether enough requests lie beyond it
   */
  record Point(double share, double nanos, boolean supported) {
    /** Where it lies on the logarithmic axis of HdrHistogram's plots: log10(1 / (1 - share)). */
    double nines() {
      return -Math.log10(1 - share);
    }
  }
}
