package dev.scalable.benchmarks.figures;

import dev.scalable.benchmarks.Quartiles;
import dev.scalable.testkit.report.ComparisonTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The page that is made of a run, docs/reference/stacks.md: of the same run always the same bytes.
 *
 * @param run what was seen
 */
public record StacksPage(Run run) {

  /** With less than so many windows of so many seconds, figures are those of chance. */
  private static final int FEWEST_WINDOWS = 3;
  private static final double SHORTEST_SECONDS = 1.5;

  /** The page, as Markdown. */
  public String markdown() {
    List<String> parts = new ArrayList<>();
    parts.add("# Whole stacks, side by side");
    parts.add("""
        Made by a program of [raw data](../benchmarks/results/stacks.csv), a line for each window, and held against
        them by each build. How it is measured, what each stack is given, and how this page is made, is
        [on the page on benchmarks](benchmarks.md#the-whole-stack-beside-fastapi-and-others).""");
    if (isShort()) {
      parts.add("**The run was short: less than " + FEWEST_WINDOWS + " windows of a kind, or windows of less than "
          + SHORTEST_SECONDS + " s. This shows the form of the page; the figures mean nothing.**");
    }
    if (!run.facts().containsKey("ended")) {
      parts.add("**The run broke off: what is here is what it had seen by then.**");
    }
    parts.add(facts());
    parts.add(counts());
    for (Endpoint endpoint : run.endpoints()) {
      parts.add("## " + capital(endpoint.toString()));
      parts.add(figures(endpoint).markdown());
      if (!run.peers().isEmpty()) {
        parts.add(ratios(endpoint).markdown());
      }
    }
    if (!run.peers().isEmpty()) {
      parts.add("## What ours is to reach");
      parts.add(bars());
    }
    return String.join("\n\n", parts) + "\n";
  }

  private boolean isShort() {
    return run.windows().stream().anyMatch(each -> !each.open() && each.seconds() < SHORTEST_SECONDS)
        || run.stacks().stream().anyMatch(stack -> run.endpoints().stream()
            .anyMatch(endpoint -> run.of(stack, endpoint, false).size() < FEWEST_WINDOWS));
  }

  private String facts() {
    return String.format(Locale.ROOT, """
        - when: %s to %s, of commit %s
        - machine: %s processors (%s), %s of memory, %s; load %s before
        - Java %s, with `%s`; PostgreSQL %s, Redis %s, Nginx %s
        - command: `%s`
        """, run.fact("begun"), run.fact("ended"), run.fact("commit"), run.fact("processors"), run.fact("processor"),
        run.fact("memory"), run.fact("system"), run.fact("load before"), run.fact("java"), run.fact("java options"),
        run.fact("postgresql"), run.fact("redis"), run.fact("nginx"), run.fact("command"))
        + run.stacks().stream().map(stack -> "- " + stack + ": " + run.fact(Run.STACK + stack))
            .collect(Collectors.joining("\n"));
  }

  private String counts() {
    List<Window> disturbed = run.windows().stream().filter(window -> !window.remark().isEmpty()).toList();
    String whose = disturbed.stream()
        .collect(Collectors.groupingBy(Window::stack, TreeMap::new, Collectors.counting())).entrySet().stream()
        .map(each -> each.getKey() + " " + each.getValue()).collect(Collectors.joining(", "));
    return String.format(Locale.ROOT, """
        %,d requests in %d windows: **%d failed**, %d could not be sent in time. In %d windows%s the machine was
        disturbed, or the generator not on time; the raw data say how.

        Two instances of each stack behind the same Nginx, and %s connections that ask as fast as they are answered;
        then one rate for all, half of what the slowest can do, with response times from when a request was due. Medians
        (quartiles) of windows taken in turns; `us` is processor time for each request, `app` the instances alone.
        What a request costs without Nginx is measured [by itself](benchmarks.md#a-request).""",
        run.windows().stream().mapToLong(Window::requests).sum(), run.windows().size(),
        run.windows().stream().mapToLong(Window::failed).sum(), run.windows().stream().mapToLong(Window::dropped).sum(),
        disturbed.size(), whose.isEmpty() ? "" : " (" + whose + ")", run.fact("connections"));
  }

  private ComparisonTable figures(Endpoint endpoint) {
    double rate = run.rate(endpoint);
    ComparisonTable table = ComparisonTable.of("", "requests/s", "app us", "Nginx us", "PostgreSQL us", "Redis us",
        "generator us", Double.isNaN(rate) ? "p50 ms" : String.format(Locale.ROOT, "p50 ms at %,.0f/s", rate), "p90 ms",
        "p99 ms");
    for (String stack : run.stacks()) {
      table = table.row(stack, closed(stack, endpoint, Window::perSecond).text("%,.0f"),
          closed(stack, endpoint, Window::appMicros).text("%,.0f"), part(stack, endpoint, Cpu::nginx),
          part(stack, endpoint, Cpu::postgres), part(stack, endpoint, Cpu::redis),
          part(stack, endpoint, Cpu::generator),
          open(stack, endpoint, Times::p50), open(stack, endpoint, Times::p90), open(stack, endpoint, Times::p99));
    }
    return table;
  }

  private ComparisonTable ratios(Endpoint endpoint) {
    ComparisonTable table = ComparisonTable.of("ours to", "requests/s", "app us", "p50", "p99");
    for (String peer : run.peers()) {
      table = table.row(peer, ratio(peer, endpoint, false, Window::perSecond),
          ratio(peer, endpoint, false, Window::appMicros), ratio(peer, endpoint, true, window -> window.times().p50()),
          ratio(peer, endpoint, true, Window::p99));
    }
    return table;
  }

  private String bars() {
    List<Bar> bars = Bar.of(run);
    ComparisonTable table = ComparisonTable.of("beside", "of ours to it", "ratio", "bar", "reached");
    for (Bar bar : bars) {
      // A digit more than the bar has, or a ratio just beside it looks as if it were met.
      table = table.row(bar.stack(), bar.what(), known(bar.ratio(), "%.3f"), bar.bar(), bar.verdict());
    }
    return String.format(Locale.ROOT, """
        Beside a stack in Java no more processor time, and an uncached read that is as fast as on plain Undertow; beside
        FastAPI a multiple. **%d of %d** bars are reached, by the medians of ratios of neighbouring windows.

        %s""", bars.stream().filter(Bar::reached).count(), bars.size(), table.markdown());
  }

  private Quartiles closed(String stack, Endpoint endpoint, ToDoubleFunction<Window> figure) {
    return run.figure(stack, endpoint, false, figure);
  }

  private String part(String stack, Endpoint endpoint, ToDoubleFunction<Cpu> part) {
    return String.format(Locale.ROOT, "%,.0f",
        closed(stack, endpoint, window -> window.micros(part.applyAsDouble(window.cpu()))).median());
  }

  private String open(String stack, Endpoint endpoint, ToDoubleFunction<Times> time) {
    return known(run.figure(stack, endpoint, true, window -> time.applyAsDouble(window.times())));
  }

  private String ratio(String peer, Endpoint endpoint, boolean open, ToDoubleFunction<Window> figure) {
    return known(run.ratio(peer, endpoint, open, figure));
  }

  private static String known(Quartiles figure) {
    return known(figure, "%.2f");
  }

  private static String known(Quartiles figure, String each) {
    return Double.isNaN(figure.median()) ? "too few requests" : figure.text(each);
  }

  private static String capital(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }
}
