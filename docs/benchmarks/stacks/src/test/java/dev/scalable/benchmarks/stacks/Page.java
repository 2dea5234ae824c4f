package dev.scalable.benchmarks.stacks;

import dev.scalable.benchmarks.Machine;
import dev.scalable.benchmarks.Quartiles;
import dev.scalable.testkit.report.ComparisonTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What is told of a run: on the console, as a page, and as raw data.
 *
 * @param stacks what was measured
 * @param begin the machine before
 * @param figures the windows
 * @param rates of the open windows, requests a second
 */
record Page(List<Stack> stacks, String begin, Figures figures, Map<Endpoint, Double> rates) {

  /** Writes the page and the raw data into the build folder, and prints the page's tables. */
  void publish() throws IOException {
    Path folder = Files.createDirectories(Path.of("target", "stacks"));
    Files.write(folder.resolve("windows.csv"),
        Stream.concat(Stream.of(Window.CSV_HEAD), figures.all().stream().map(Window::csv)).toList());
    Files.writeString(folder.resolve("report.md"),
        text("# The whole stack, beside others\n\n", "## ", ComparisonTable::markdown));
    System.out.printf("%n%s%nin %s%n", text("", "", ComparisonTable::text), folder.toAbsolutePath());
  }

  private String text(String title, String heading, Function<ComparisonTable, String> as) {
    StringBuilder text = new StringBuilder(title);
    text.append("Before: ").append(begin).append("\n\nAfter: ").append(Machine.line()).append("\n\n");
    stacks.forEach(stack -> text.append("- ").append(stack.name()).append(": ").append(stack.title()).append('\n'));
    text.append(String.format(Locale.ROOT, "%nTwo instances of each behind the same Nginx; medians (quartiles) of"
        + " windows taken in turns; microseconds of processor time per request;%n%d connections, and one open rate for"
        + " all with response times from when a request was due.%n", Stand.USERS));
    for (Endpoint endpoint : rates.keySet()) {
      text.append('\n').append(heading).append(endpoint).append("\n\n").append(as.apply(table(endpoint))).append('\n');
    }
    for (Stack stack : stacks.stream().filter(each -> !each.isOurs()).toList()) {
      text.append('\n').append(heading).append("ours to ").append(stack.name()).append("\n\n")
          .append(as.apply(bars(stack))).append('\n');
    }
    long disturbed = figures.all().stream().filter(window -> !window.remark().isEmpty()).count();
    return text.append(String.format(Locale.ROOT, "%nThe machine was disturbed, or the generator not on time, in %d"
        + " of %d windows; windows.csv says how.%n", disturbed, figures.all().size())).toString();
  }

  private ComparisonTable table(Endpoint endpoint) {
    ComparisonTable table = ComparisonTable.of("", "requests/s", "app us", "nginx us", "PostgreSQL us", "Redis us",
        "generator us", String.format(Locale.ROOT, "p50 ms at %.0f/s", rates.getOrDefault(endpoint, 0.0)), "p99 ms");
    for (Stack stack : stacks) {
      table = table.row(stack.name(), closed(stack, endpoint, Window::perSecond).text("%.0f"),
          closed(stack, endpoint, Window::appMicros).text("%.0f"), part(stack, endpoint, "nginx"),
          part(stack, endpoint, "postgres"), part(stack, endpoint, "redis"), part(stack, endpoint, "client"),
          figures.figure(stack.name(), endpoint, true, Window::p50).text("%.2f"),
          figures.figure(stack.name(), endpoint, true, Window::p99).text("%.2f"));
    }
    return table;
  }

  private String part(Stack stack, Endpoint endpoint, String name) {
    return String.format(Locale.ROOT, "%.0f", closed(stack, endpoint, window -> window.micros(name)).median());
  }

  private Quartiles closed(Stack stack, Endpoint endpoint, ToDoubleFunction<Window> figure) {
    return figures.figure(stack.name(), endpoint, false, figure);
  }

  private ComparisonTable bars(Stack stack) {
    ComparisonTable table = ComparisonTable.of("", "ratio", "bar", "reached");
    for (Bar bar : Bar.beside(stack.name(), figures)) {
      table = table.row(bar.what(), bar.ratio().text("%.2f"), bar.bar(), bar.verdict());
    }
    return table;
  }
}
