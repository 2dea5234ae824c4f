package dev.scalable.testkit.report;

import dev.scalable.testkit.report.RunFigures.Counts;
import dev.scalable.testkit.report.RunFigures.Window;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The part of the page that tells of one load run. */
final class RunSection {
  private final Markup page;
  private final RunFigures run;
  private final Palette palette;

  private RunSection(Markup page, RunFigures run) {
    this.page = page;
    this.run = run;
    this.palette = Palette.of(run.instances().keySet());
  }

  /** What links within the page call a run. */
  static String id(int number) {
    return "run-" + number;
  }

  static String title(RunFigures run, int number) {
    return number + ". " + run.name();
  }

  static void write(Markup page, RunFigures run, int number) {
    page.open("section", "class", "run", "id", id(number));
    page.element("h2", title(run, number));
    new RunSection(page, run).write();
    page.closeLine();
  }

  private void write() {
    page.open("p", "class", "lead").text(Story.model(run));
    if (run.test() != null) {
      page.text(" It belongs to the test ").element("em", run.test()).text(".");
    }
    page.closeLine();
    writeValidity();
    writeKeyFigures();
    writeOverTime();
    page.open("div", "class", "pair");
    writeCounts("Answers by instance", run.instances(), palette::style);
    writeCounts("Requests by outcome", run.outcomes(), outcome -> outcome.equals("Ok") ? "ok" : "bad");
    page.closeLine();
    writePercentiles();
    writeCpu();
    writeMachine();
  }

  private void writeValidity() {
    if (!run.invalid().isEmpty()) {
      page.open("div", "class", "banner", "role", "note");
      page.element("strong", "INVALID_LOAD");
      page.element("p", "This was not the load that was asked for, so its times and rates judge nobody:");
      page.open("ul");
      run.invalid().forEach(reason -> page.element("li", reason));
      page.close().closeLine();
    }
    Story.warnings(run).forEach(warning -> page.element("p", warning, "class", "warning").text("\n"));
  }

  private void writeKeyFigures() {
    Counts counts = run.counts();
    page.open("dl", "class", "figures");
    figure("requests", Wording.count(counts.scheduled()), "");
    figure("answered well", Wording.count(counts.ok()), "");
    figure("failed", Wording.count(counts.failed()), counts.failed() > 0 ? "bad" : "");
    figure("indeterminate", Wording.count(counts.indeterminate()), counts.indeterminate() > 0 ? "bad" : "");
    figure("dropped", Wording.count(counts.dropped()), counts.dropped() > 0 ? "bad" : "");
    figure("per second", Wording.number(run.throughput()), "");
    Distribution times = run.times();
    String kind = run.kindOfTime();
    figure("p50 " + kind + ", ms", Wording.millis(times.p(0.5)), "");
    figure("p99 " + kind + ", ms", Wording.millis(times.p(0.99)), "");
    page.closeLine();
    if (counts.bad() == 0) {
      page.element("p", run.confidence() + ".", "class", "note");
    }
  }

  private void figure(String name, String value, String style) {
    page.open("div", "class", style).element("dt", name).element("dd", value).close();
  }

  private void writeOverTime() {
    if (run.slices().isEmpty()) {
      return;
    }
    page.open("figure");
    TimeFigure.draw(page, run, palette);
    page.element("figcaption", Story.slices(run)).closeLine();
    if (!run.faults().isEmpty()) {
      page.open("ol", "class", "marks").text("\n");
      for (Window fault : run.faults()) {
        page.open("li").text(fault.name() + " ").element("span", Story.when(fault), "class", "quiet").closeLine();
      }
      page.closeLine();
    }
    writeEvents();
    writeSlices();
  }

  private void writeEvents() {
    if (run.events().isEmpty()) {
      return;
    }
    page.open("details").element("summary", "What happened to the nodes");
    page.open("div", "class", "scroll").open("table");
    Table.head(page, "at", "node", "what");
    page.open("tbody").text("\n");
    run.events().forEach(event ->
        Table.row(page, Wording.seconds(event.at()), event.node(), event.what()));
    page.close().close().close().closeLine();
  }

  private void writeSlices() {
    page.open("details").element("summary", "Figures by time");
    page.open("div", "class", "scroll").open("table");
    Table.head(page, "from", "ok per second", "not ok", "p50 ms", "p99 ms", "longest ms", "by instance");
    page.open("tbody").text("\n");
    for (TimeSlice slice : run.slices()) {
      boolean timed = slice.timed() > 0;
      Table.row(
          page, Wording.seconds(slice.from()), Wording.number(slice.rate()), Wording.count(slice.bad()),
          timed ? Wording.number(slice.p50() / 1e6) : Wording.NONE,
          timed ? Wording.number(slice.p99() / 1e6) : Wording.NONE,
          timed ? Wording.number(slice.max() / 1e6) : Wording.NONE,
          Story.list(slice.instances()));
    }
    page.close().close().close().closeLine();
  }

  private void writeCounts(String title, Map<String, Integer> counts, UnaryOperator<String> style) {
    if (counts.isEmpty()) {
      return;
    }
    long total = counts.values().stream().mapToLong(Integer::longValue).sum();
    page.open("div").element("h3", title).open("div", "class", "scroll").open("table", "class", "bars");
    page.open("tbody").text("\n");
    counts.forEach((name, count) -> {
      double share = total == 0 ? 0 : count / (double) total;
      page.open("tr").element("th", name, "scope", "row");
      Table.cells(page, Wording.count(count), Wording.percent(share));
      Table.bar(page, style.apply(name), share);
      page.closeLine();
    });
    page.close().close().close().closeLine();
  }

  private void writePercentiles() {
    if (run.service().count() == 0) {
      return;
    }
    page.element("h3", "How long it took").open("figure");
    PercentileFigure.draw(page, run);
    page.element("figcaption", Story.percentiles(run)).closeLine();
    page.open("div", "class", "scroll").open("table");
    List<String> columns = Distribution.SHARES.stream().map(Wording::percentile).toList();
    page.open("thead").open("tr").element("th", "ms", "scope", "col");
    page.element("th", "mean", "scope", "col");
    columns.forEach(column -> page.element("th", column, "scope", "col"));
    page.element("th", "longest", "scope", "col").close().closeLine();
    page.open("tbody").text("\n");
    writeTimes("service", run.service());
    if (run.scheduled()) {
      writeTimes("response", run.response());
      writeTimes("sent late by", run.lateness());
    }
    page.close().close().closeLine();
  }

  private void writeTimes(String name, Distribution times) {
    page.open("tr").element("th", name, "scope", "row").element("td", Wording.millis(times.mean()));
    Distribution.SHARES.forEach(share -> page.element("td", Wording.millis(times.p(share))));
    page.element("td", Wording.millis(times.max())).closeLine();
  }

  private void writeCpu() {
    if (run.cpu().isEmpty()) {
      return;
    }
    page.element("h3", "CPU time by node");
    Duration most = run.cpu().values().stream().max(Duration::compareTo).orElse(Duration.ZERO);
    page.open("div", "class", "scroll").open("table", "class", "bars");
    Table.head(page, "node", "seconds", "of one core", "µs per request", "");
    page.open("tbody").text("\n");
    run.cpu().forEach((node, time) -> {
      double nanos = time.toNanos();
      page.open("tr").element("th", node, "scope", "row");
      Table.cells(
          page, Wording.number(nanos / 1e9), Wording.percent(nanos / Math.max(1, run.duration().toNanos())),
          run.counts().ok() == 0 ? Wording.NONE : Wording.number(nanos / 1e3 / run.counts().ok()));
      Table.bar(
          page, Nodes.serves(node) ? palette.names().contains(node) ? palette.style(node) : "database" : "helper",
          most.isZero() ? 0 : nanos / most.toNanos());
      page.closeLine();
    });
    page.close().close().closeLine();
    if (run.capacity() > 0) {
      page.element("p", Story.capacity(run), "class", "note").text("\n");
    }
  }

  private void writeMachine() {
    Map<String, String> machine = Story.machine(run);
    if (machine.isEmpty()) {
      return;
    }
    page.element("h3", "The machine meanwhile");
    page.open("dl", "class", "facts");
    machine.forEach((name, value) -> page.open("div").element("dt", name).element("dd", value).closeLine());
    page.closeLine();
  }
}
