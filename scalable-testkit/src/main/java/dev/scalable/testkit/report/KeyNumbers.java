package dev.scalable.testkit.report;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** The ten figures that stand for a report where there is no room for it. */
final class KeyNumbers {
  private KeyNumbers() {}

  static Map<String, String> of(Findings findings) {
    RunFigures.Counts counts = findings.counts();
    Map<String, String> numbers = new LinkedHashMap<>();
    numbers.put("verdict", findings.verdict().name());
    numbers.put("tests", Integer.toString(findings.tests().size()));
    numbers.put("runs", Integer.toString(findings.runs().size()));
    numbers.put("requests", Long.toString(counts.scheduled()));
    numbers.put("ok", Long.toString(counts.ok()));
    numbers.put("failed", Long.toString(counts.failed()));
    numbers.put("dropped", Long.toString(counts.dropped()));
    numbers.put("indeterminate", Long.toString(counts.indeterminate()));
    numbers.put("throughput", plain(findings.runs().stream().mapToDouble(RunFigures::throughput).min()));
    numbers.put("p99", plain(findings.runs().stream()
        .flatMapToDouble(run -> run.times().p(0.99).stream())
        .map(nanos -> nanos / 1e6)
        .max()));
    return numbers;
  }

  private static String plain(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.3f", value.getAsDouble()) : "unknown";
  }
}
