package dev.scalable.benchmarks.stacks;

import dev.scalable.benchmarks.Quartiles;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** All windows of a run. */
final class Figures {

  private final List<Window> windows = new ArrayList<>();

  void add(Window window) {
    windows.add(window);
  }

  List<Window> all() {
    return List.copyOf(windows);
  }

  /** The windows of one kind, by round. */
  List<Window> of(String stack, Endpoint endpoint, boolean open) {
    return windows.stream()
        .filter(each -> each.stack().equals(stack) && each.endpoint() == endpoint && each.open() == open).toList();
  }

  /** A figure of one stack, of the windows that have it. */
  Quartiles figure(String stack, Endpoint endpoint, boolean open, ToDoubleFunction<Window> figure) {
    return quartiles(of(stack, endpoint, open).stream().mapToDouble(figure).boxed());
  }

  /** A figure of one stack to that of another, of windows that were neighbours. */
  Quartiles ratio(List<Window> ones, List<Window> others, ToDoubleFunction<Window> figure) {
    return quartiles(IntStream.range(0, Math.min(ones.size(), others.size()))
        .mapToObj(i -> figure.applyAsDouble(ones.get(i)) / figure.applyAsDouble(others.get(i))));
  }

  private static Quartiles quartiles(Stream<Double> values) {
    List<Double> known = values.filter(Double::isFinite).toList();
    return known.isEmpty() ? new Quartiles(Double.NaN, Double.NaN, Double.NaN) : Quartiles.of(known);
  }
}
