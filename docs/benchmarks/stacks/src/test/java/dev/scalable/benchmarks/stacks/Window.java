package dev.scalable.benchmarks.stacks;

import dev.scalable.testkit.load.LoadResult;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one stack did in one window of time.
 *
 * @param stack the name of the stack
 * @param endpoint what was asked for
 * @param open whether requests came at a fixed rate; by users who wait for their answers otherwise
 * @param round which of the windows of this kind, from 0
 * @param requests how many were answered
 * @param perSecond how many a second
 * @param micros processor time of each part for each request, in microseconds: of both instances together as {@code
 *     app}, {@code nginx}, {@code postgres}, {@code redis}, {@code client}
 * @param p50 time that half of the requests did not exceed, in ms, from when each was due
 * @param p99 the same of 99 in 100; not a number if they were fewer than 1,000
 * @param remark what speaks against its times; empty if nothing does
 */
record Window(String stack, Endpoint endpoint, boolean open, int round, int requests, double perSecond,
    Map<String, Double> micros, double p50, double p99, String remark) {

  static final String CSV_HEAD = "stack,endpoint,model,round,requests,per_second,app_us,nginx_us,postgres_us,redis_us,"
      + "generator_us,p50_ms,p99_ms,remark";

  private static final String APP = "app";

  static Window of(Stack stack, Endpoint endpoint, int round, LoadResult result) {
    Map<String, Double> micros = result.cpu().entrySet().stream().collect(Collectors.groupingBy(
        node -> node.getKey().startsWith("app-") ? APP : node.getKey(),
        Collectors.summingDouble(node -> node.getValue().toNanos() / 1e3 / Math.max(1, result.ok()))));
    String remark = Stream.of(result.validity().valid() ? "" : result.validity().toString(),
        result.noise().disturbed().orElse("")).filter(each -> !each.isEmpty()).collect(Collectors.joining("; "));
    return new Window(stack.name(), endpoint, result.open(), round, result.ok(), result.throughput(), micros,
        millis(result.response().p50()),
        result.response().supports(0.99) ? millis(result.response().p99()) : Double.NaN, remark);
  }

  double micros(String part) {
    return micros.getOrDefault(part, 0.0);
  }

  double appMicros() {
    return micros(APP);
  }

  String csv() {
    return String.format(Locale.ROOT, "%s,%s,%s,%d,%d,%.1f,%.2f,%.2f,%.2f,%.2f,%.2f,%.3f,%.3f,\"%s\"", stack, endpoint,
        open ? "open" : "closed", round, requests, perSecond, micros(APP), micros("nginx"), micros("postgres"),
        micros("redis"), micros("client"), p50, p99, remark.replace('"', '\''));
  }

  /** For who watches the run. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s, %s, %s %d: %.0f/s, app %.0f us, p50 %.2f ms, p99 %.2f ms%s", endpoint,
        open ? "open" : "closed", stack, round, perSecond, appMicros(), p50, p99,
        remark.isEmpty() ? "" : " (" + remark + ")");
  }

  private static double millis(Duration time) {
    return time.toNanos() / 1e6;
  }
}
