package dev.scalable.benchmarks.figures;

import dev.scalable.benchmarks.Quartiles;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What was seen in one run.
 *
 * @param facts of the machine, the versions and the stacks, by name
 * @param windows in the order in which they were taken
 */
public record Run(Map<String, String> facts, List<Window> windows) {

  /** The stack that all others are compared with. */
  public static final String OURS = "ours";

  /** What precedes the name of a stack in the name of the fact that says what it is made of. */
  public static final String STACK = "stack ";

  /** A run whose facts and windows do not change. */
  public Run {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    windows = List.copyOf(windows);
  }

  /** A fact; "unknown" if nobody wrote it down. */
  String fact(String name) {
    return facts.getOrDefault(name, "unknown");
  }

  /** The names of the stacks, ours first. */
  List<String> stacks() {
    return facts.keySet().stream().filter(name -> name.startsWith(STACK)).map(name -> name.substring(STACK.length()))
        .toList();
  }

  /** The names of the others. */
  List<String> peers() {
    return stacks().stream().filter(stack -> !stack.equals(OURS)).toList();
  }

  /** What was asked for. */
  List<Endpoint> endpoints() {
    return Arrays.stream(Endpoint.values())
        .filter(endpoint -> windows.stream().anyMatch(each -> each.endpoint() == endpoint)).toList();
  }

  /** The one rate of all stacks, requests a second; not a number if none was reached. */
  double rate(Endpoint endpoint) {
    return windows.stream().filter(each -> each.endpoint() == endpoint && each.open()).mapToDouble(Window::rate)
        .findFirst().orElse(Double.NaN);
  }

  /** The windows of one kind, by round. */
  List<Window> of(String stack, Endpoint endpoint, boolean open) {
    return windows.stream()
        .filter(each -> each.stack().equals(stack) && each.endpoint() == endpoint && each.open() == open).toList();
  }

  /** A figure of one stack, of the windows that have it; not a number if none does. */
  public Quartiles figure(String stack, Endpoint endpoint, boolean open, ToDoubleFunction<Window> figure) {
    return quartiles(of(stack, endpoint, open).stream().mapToDouble(figure).boxed());
  }

  /** A figure of ours to that of another stack, of windows that were neighbours. */
  Quartiles ratio(String stack, Endpoint endpoint, boolean open, ToDoubleFunction<Window> figure) {
    return ratio(of(OURS, endpoint, open), of(stack, endpoint, open), figure);
  }

  /** A figure of some windows to that of others, one by one. */
  Quartiles ratio(List<Window> ones, List<Window> others, ToDoubleFunction<Window> figure) {
    return quartiles(IntStream.range(0, Math.min(ones.size(), others.size()))
        .mapToObj(i -> figure.applyAsDouble(ones.get(i)) / figure.applyAsDouble(others.get(i))));
  }

  private static Quartiles quartiles(Stream<Double> values) {
    List<Double> known = values.filter(Double::isFinite).toList();
    return known.isEmpty() ? new Quartiles(Double.NaN, Double.NaN, Double.NaN) : Quartiles.of(known);
  }
}
