package dev.scalable.benchmarks.stacks;

import dev.scalable.benchmarks.figures.Cpu;
import dev.scalable.benchmarks.figures.Endpoint;
import dev.scalable.benchmarks.figures.Times;
import dev.scalable.benchmarks.figures.Window;
import dev.scalable.testkit.load.Latency;
import dev.scalable.testkit.load.LoadResult;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is written down of a load. */
final class Windows {

  private static final String APP = "app";

  private Windows() {}

  /**
   * The window in which a load ran.
   *
   * @param rate requests a second that were to be sent; 0 if users asked who wait for their answers
   */
  static Window of(Stack stack, Endpoint endpoint, int round, double rate, LoadResult result) {
    Map<String, Double> millis = result.cpu().entrySet().stream().collect(Collectors.groupingBy(
        node -> node.getKey().startsWith("app-") ? APP : node.getKey(),
        Collectors.summingDouble(node -> millis(node.getValue()))));
    Cpu cpu = new Cpu(part(millis, APP), part(millis, "nginx"), part(millis, "postgres"), part(millis, "redis"),
        part(millis, "client"));
    Latency response = result.response();
    Times times = new Times(time(response, 0.5), time(response, 0.9), time(response, 0.99), time(response, 0.999));
    String remark = Stream.of(result.validity().valid() ? "" : result.validity().toString(),
        result.noise().disturbed().orElse("")).filter(each -> !each.isEmpty()).collect(Collectors.joining("; "));
    return new Window(result.startedAt(), stack.name(), endpoint, round, rate, result.ok(),
        result.failed() + result.indeterminate(), result.dropped(), millis(result.duration()) / 1_000, cpu, times,
        remark);
  }

  private static double part(Map<String, Double> millis, String name) {
    return millis.getOrDefault(name, 0.0);
  }

  private static double time(Latency latency, double share) {
    return latency.supports(share) ? millis(latency.p(share)) : Double.NaN;
  }

  private static double millis(Duration time) {
    return time.toNanos() / 1e6;
  }
}
