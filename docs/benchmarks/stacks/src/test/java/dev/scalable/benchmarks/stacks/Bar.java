package dev.scalable.benchmarks.stacks;

import dev.scalable.benchmarks.Quartiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Something that ours is to reach beside another stack.
 *
 * @param what the figure, of ours to that of the other
 * @param ratio the ratio as measured
 * @param bound what it is to be at least or at most
 * @param atLeast whether the bound is the least
 */
record Bar(String what, Quartiles ratio, double bound, boolean atLeast) {

  private static final ToDoubleFunction<Window> RATE = Window::perSecond;
  private static final ToDoubleFunction<Window> CPU = Window::appMicros;
  private static final ToDoubleFunction<Window> P99 = Window::p99;

  /** Whether the median reaches it. */
  boolean reached() {
    return atLeast ? ratio.median() >= bound : ratio.median() <= bound;
  }

  String bar() {
    return String.format(Locale.ROOT, "%s %.2f", atLeast ? ">=" : "<=", bound);
  }

  String verdict() {
    return Double.isNaN(ratio.median()) ? "too few requests" : reached() ? "yes" : "NO";
  }

  /** Those that ours has beside a stack. */
  static List<Bar> beside(String stack, Figures figures) {
    return stack.equals("fastapi") ? besideFastApi(stack, figures) : besideJava(stack, figures);
  }

  private static List<Bar> besideFastApi(String stack, Figures figures) {
    List<Bar> bars = new ArrayList<>();
    bars.add(of("requests/s", figures, stack, Endpoint.CACHED_READ, false, RATE, 2, true));
    bars.add(new Bar("requests/s of a cached read to those of an uncached one",
        figures.ratio(figures.of(Stack.OURS, Endpoint.CACHED_READ, false),
            figures.of(stack, Endpoint.UNCACHED_READ, false), RATE), 5, true));
    bars.add(of("requests/s", figures, stack, Endpoint.UNCACHED_READ, false, RATE, 2.5, true));
    bars.add(of("requests/s", figures, stack, Endpoint.ORDER, false, RATE, 2, true));
    for (Endpoint endpoint : Endpoint.values()) {
      bars.add(of("app CPU", figures, stack, endpoint, false, CPU, endpoint == Endpoint.ORDER ? 0.3 : 0.25, false));
    }
    for (Endpoint endpoint : Endpoint.values()) {
      bars.add(of("p99 at one rate", figures, stack, endpoint, true, P99, 0.5, false));
    }
    return bars;
  }

  private static List<Bar> besideJava(String stack, Figures figures) {
    List<Bar> bars = new ArrayList<>();
    for (Endpoint endpoint : Endpoint.values()) {
      bars.add(of("app CPU", figures, stack, endpoint, false, CPU, 1, false));
    }
    if (stack.equals("undertow")) {
      bars.add(of("requests/s", figures, stack, Endpoint.UNCACHED_READ, false, RATE, 1, true));
      bars.add(of("p99 at one rate", figures, stack, Endpoint.UNCACHED_READ, true, P99, 1, false));
    }
    return bars;
  }

  private static Bar of(String what, Figures figures, String stack, Endpoint endpoint, boolean open,
      ToDoubleFunction<Window> figure, double bound, boolean atLeast) {
    return new Bar(endpoint + ": " + what,
        figures.ratio(figures.of(Stack.OURS, endpoint, open), figures.of(stack, endpoint, open), figure), bound,
        atLeast);
  }
}
