package dev.scalable.starter;

import dev.scalable.testkit.load.Latency;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.report.ComparisonTable;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The figures of the origin report beside ours. A figure that was not measured is a dash. */
final class OriginFigures {

  /** Mean time of a request at 20 threads x 10 requests. */
  static final Duration MEAN = Duration.ofMillis(38);
  /** Requests per second at 10 workers x 50 requests. */
  static final double REQUESTS_PER_SECOND = 476.60;

  private @Nullable LoadResult coldConcurrency;
  private @Nullable LoadResult warmConcurrency;
  private @Nullable LoadResult coldStress;
  private @Nullable LoadResult warmStress;
  private @Nullable LoadResult sustained;
  private @Nullable LoadResult distribution;

  void coldConcurrency(LoadResult result) {
    coldConcurrency = result;
  }

  void warmConcurrency(LoadResult result) {
    warmConcurrency = result;
  }

  void coldStress(LoadResult result) {
    coldStress = result;
  }

  void warmStress(LoadResult result) {
    warmStress = result;
  }

  void sustained(LoadResult result) {
    sustained = result;
  }

  void distribution(LoadResult result) {
    distribution = result;
  }

  /** Prints the table, and leaves it in the build folder. */
  @SuppressWarnings("SystemOut") // what someone runs these tests for
  void print() throws IOException {
    ComparisonTable table = table();
    System.out.println("\nThe origin report (two FastAPI instances) and this run of the starter, " + machine() + ":\n\n"
        + table.text() + "\n");
    Path report = Path.of("target", "origin-report.md");
    Files.createDirectories(report.getParent());
    Files.writeString(report, "# The origin report beside this run\n\n" + machine() + "\n\n" + table.markdown() + "\n");
  }

  private static String machine() {
    return Runtime.getRuntime().availableProcessors() + " processors, Java " + Runtime.version().feature() + ", "
        + System.getProperty("os.name");
  }

  private ComparisonTable table() {
    return ComparisonTable.of("figure", "origin", "cold", "warm")
        .row("20 threads x 10 requests: answered", "200/200", answered(coldConcurrency), answered(warmConcurrency))
        .row("  in all", "0.47 s", seconds(coldConcurrency), seconds(warmConcurrency))
        .row("  mean", "38 ms", mean(coldConcurrency), mean(warmConcurrency))
        .row("  shortest to longest", "4-107 ms", range(coldConcurrency), range(warmConcurrency))
        .row("  p50 / p95", "-", percentiles(coldConcurrency), percentiles(warmConcurrency))
        .row("10 workers x 50 requests: answered", "500/500", answered(coldStress), answered(warmStress))
        .row("  in all", "1.05 s", seconds(coldStress), seconds(warmStress))
        .row("  requests per second", "476.60", throughput(coldStress), throughput(warmStress))
        .row("  mean", "-", mean(coldStress), mean(warmStress))
        .row("  p50 / p95", "-", percentiles(coldStress), percentiles(warmStress))
        .row("20 users for 5 s: requests per second", "-", "-", throughput(sustained))
        .row("  p50 / p95", "-", "-", percentiles(sustained))
        .row("share of each instance", "50/50", "-", shares(distribution));
  }

  private static String answered(@Nullable LoadResult result) {
    return result == null ? "-" : result.ok() + "/" + result.scheduled();
  }

  private static String seconds(@Nullable LoadResult result) {
    return result == null ? "-" : decimal(result.duration().toNanos() / 1e9, 3) + " s";
  }

  private static String mean(@Nullable LoadResult result) {
    return result == null ? "-" : millis(result.service().mean()) + " ms";
  }

  private static String range(@Nullable LoadResult result) {
    return result == null ? "-" : millis(result.service().min()) + "-" + millis(result.service().max()) + " ms";
  }

  private static String percentiles(@Nullable LoadResult result) {
    if (result == null) {
      return "-";
    }
    Latency latency = result.service();
    return millis(latency.p50()) + " / " + millis(latency.p95()) + " ms";
  }

  private static String throughput(@Nullable LoadResult result) {
    return result == null ? "-" : decimal(result.throughput(), 0);
  }

  private static String shares(@Nullable LoadResult result) {
    if (result == null) {
      return "-";
    }
    Map<String, Integer> byInstance = new TreeMap<>(result.byInstance());
    return byInstance.values().stream().map(count -> decimal(100.0 * count / result.scheduled(), 0))
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
