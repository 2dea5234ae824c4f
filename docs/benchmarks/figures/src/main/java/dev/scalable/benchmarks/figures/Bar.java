package dev.scalable.benchmarks.figures;

import dev.scalable.benchmarks.Quartiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Something that ours is to reach beside another stack.
 *
 * @param stack the other
 * @param what the figure, of ours to that of the other
 * @param ratio the ratio as measured
 * @param bound what it is to be at least or at most
 * @param atLeast whether the bound is the least
 */
record Bar(String stack, String what, Quartiles ratio, double bound, boolean atLeast) {

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
    return Double.isNaN(ratio.median()) ? "unknown" : reached() ? "yes" : "**no**";
  }

  /** All that a run can say something of. */
  static List<Bar> of(Run run) {
    return run.peers().stream().flatMap(stack -> beside(stack, run).stream()).toList();
  }

  private static List<Bar> beside(String stack, Run run) {
    return stack.equals("fastapi") ? besideFastApi(stack, run) : besideJava(stack, run);
  }

  private static List<Bar> besideFastApi(String stack, Run run) {
    List<Bar> bars = new ArrayList<>();
    for (Endpoint endpoint : run.endpoints()) {
      bars.add(of("requests/s", run, stack, endpoint, false, RATE, endpoint == Endpoint.UNCACHED_READ ? 2.5 : 2, true));
    }
    if (run.endpoints().containsAll(List.of(Endpoint.CACHED_READ, Endpoint.UNCACHED_READ))) {
      bars.add(new Bar(stack, "our cached read to its uncached one: requests/s",
          run.ratio(run.of(Run.OURS, Endpoint.CACHED_READ, false), run.of(stack, Endpoint.UNCACHED_READ, false), RATE),
          5, true));
    }
    for (Endpoint endpoint : run.endpoints()) {
      bars.add(of("app CPU", run, stack, endpoint, false, CPU, endpoint == Endpoint.ORDER ? 0.3 : 0.25, false));
    }
    for (Endpoint endpoint : run.endpoints()) {
      bars.add(of("p99 at one rate", run, stack, endpoint, true, P99, 0.5, false));
    }
    return bars;
  }

  private static List<Bar> besideJava(String stack, Run run) {
    List<Bar> bars = new ArrayList<>();
    for (Endpoint endpoint : run.endpoints()) {
      bars.add(of("app CPU", run, stack, endpoint, false, CPU, 1, false));
    }
    if (stack.equals("undertow") && run.endpoints().contains(Endpoint.UNCACHED_READ)) {
      bars.add(of("requests/s", run, stack, Endpoint.UNCACHED_READ, false, RATE, 1, true));
      bars.add(of("p99 at one rate", run, stack, Endpoint.UNCACHED_READ, true, P99, 1, false));
    }
    return bars;
  }

  private static Bar of(String what, Run run, String stack, Endpoint endpoint, boolean open,
      ToDoubleFunction<Window> figure, double bound, boolean atLeast) {
    return new Bar(stack, endpoint + ": " + what, run.ratio(stack, endpoint, open, figure), bound, atLeast);
  }
}
