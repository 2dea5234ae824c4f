package dev.scalable.testkit.cli;

import dev.scalable.testkit.load.Latency;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.report.ComparisonTable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.stream.Collectors;

/** The figures of the origin report beside those of a run. A figure that was not measured is a dash. */
final class OriginFigures {
  private static final double REQUESTS_PER_SECOND = 476.60;
  private static final Duration MEAN = Duration.ofMillis(38);

  private OriginFigures() {}

  static ComparisonTable table(LoadResult concurrent, LoadResult stress, LoadResult sustained) {
    return ComparisonTable.of("figure", "origin", "here")
        .row("20 users x 10 requests: answered", "200/200", answered(concurrent))
        .row("  in all", "0.47 s", seconds(concurrent))
        .row("  mean", "38 ms", mean(concurrent))
        .row("  shortest to longest", "4-107 ms", range(concurrent))
        .row("  p50 / p95", "-", percentiles(concurrent))
        .row("10 users x 50 requests: answered", "500/500", answered(stress))
        .row("  in all", "1.05 s", seconds(stress))
        .row("  requests per second", "476.60", decimal(stress.throughput(), 2))
        .row("  p50 / p95", "-", percentiles(stress))
        .row("20 users for 5 s: answered", "-", answered(sustained))
        .row("  requests per second", "-", decimal(sustained.throughput(), 2))
        .row("  p50 / p95", "-", percentiles(sustained))
        .row("share of each instance", "50/50", shares(stress));
  }

  static String summary(LoadResult concurrent, LoadResult stress) {
    return "Requests per second: " + decimal(stress.throughput() / REQUESTS_PER_SECOND, 1)
        + " times those of the origin report; mean time: "
        + decimal(100.0 * concurrent.service().mean().toNanos() / MEAN.toNanos(), 1) + " % of its 38 ms.";
  }

  private static String answered(LoadResult result) {
    return result.ok() + "/" + result.scheduled();
  }

  private static String seconds(LoadResult result) {
    return decimal(result.duration().toNanos() / 1e9, 3) + " s";
  }

  private static String mean(LoadResult result) {
    return result.ok() == 0 ? "-" : millis(result.service().mean()) + " ms";
  }

  private static String range(LoadResult result) {
    return result.ok() == 0 ? "-" : millis(result.service().min()) + "-" + millis(result.service().max()) + " ms";
  }

  private static String percentiles(LoadResult result) {
    Latency latency = result.service();
    return latency.supports(0.95) ? millis(latency.p50()) + " / " + millis(latency.p95()) + " ms" : "-";
  }

  private static String shares(LoadResult result) {
    int known = result.byInstance().values().stream().mapToInt(Integer::intValue).sum();
    return known == 0
        ? "-"
        : result.byInstance().values().stream().map(count -> decimal(100.0 * count / known, 0))
            .collect(Collectors.joining("/"));
  }

  private static String millis(Duration time) {
    double millis = time.toNanos() / 1e6;
    return decimal(millis, millis < 10 ? 2 : 0);
  }

  /** A number with so many digits after a point, whatever the machine's language. */
  private static String decimal(double number, int digits) {
    return BigDecimal.valueOf(number).setScale(digits, RoundingMode.HALF_UP).toPlainString();
  }
}
