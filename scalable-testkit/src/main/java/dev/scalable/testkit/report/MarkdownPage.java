package dev.scalable.testkit.report;

import dev.scalable.testkit.check.Verdict;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The report in Markdown, short enough for the summary of a build: what was broken first, then the runs, then where it
 * ran. Texts from outside are escaped: they make no table, no link and no HTML.
 */
final class MarkdownPage {
  private static final int MESSAGE_LINES = 12;
  private static final int MOST_RUNS = 40;
  private static final String BARS = "▁▂▃▄▅▆▇█";
  private static final int BAR_COUNT = 24;

  private final Findings findings;
  private final StringBuilder out = new StringBuilder();

  private MarkdownPage(Findings findings) {
    this.findings = findings;
  }

  static String of(Findings findings) {
    return new MarkdownPage(findings).written();
  }

  private String written() {
    line("## " + findings.verdict() + " – " + escaped(findings.name()));
    line("");
    line(escaped(findings.summary()));
    writeTests();
    writeRuns();
    writeFacts();
    return out.toString();
  }

  private void writeTests() {
    if (findings.tests().isEmpty()) {
      return;
    }
    line("");
    line("| test | verdict |");
    line("| --- | --- |");
    for (Findings.Test test : findings.tests()) {
      String verdict = test.verdict() == Verdict.PASS ? "PASS" : "**" + test.verdict() + "**";
      line("| " + escaped(test.name()) + " | " + verdict + " |");
    }
    findings.tests().stream()
        .filter(test -> test.verdict() != Verdict.PASS && !test.message().isBlank())
        .forEach(this::writeMessage);
  }

  /** As a quotation, so that nothing in it can end a block. */
  private void writeMessage(Findings.Test test) {
    line("");
    line("**" + test.verdict() + "** " + escaped(test.name()));
    line("");
    List<String> lines = test.message().lines().toList();
    lines.stream().limit(MESSAGE_LINES).forEach(each -> line("> " + escaped(each) + "<br>"));
    if (lines.size() > MESSAGE_LINES) {
      line("> … " + Wording.count(lines.size() - MESSAGE_LINES, "more line", "more lines") + " in report.html");
    }
  }

  private void writeRuns() {
    List<RunFigures> runs = findings.runs();
    if (runs.isEmpty()) {
      return;
    }
    line("");
    line("| run | model | requests | ok | failed | dropped | indeterminate | per second | over time | p50 ms | p99 ms"
        + " | longest ms | answers by instance |");
    line("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | --- |");
    for (int i = 0; i < Math.min(MOST_RUNS, runs.size()); i++) {
      writeRun(runs.get(i), i + 1);
    }
    line("");
    if (runs.size() > MOST_RUNS) {
      line("… and " + (runs.size() - MOST_RUNS) + " more runs in report.html.");
      line("");
    }
    line("Times are response times in open models, service times in closed ones"
        + " (those are times under back-pressure, not what users see).");
    for (int i = 0; i < runs.size(); i++) {
      RunFigures run = runs.get(i);
      String title = escaped(RunSection.title(run, i + 1));
      run.invalid().forEach(reason -> paragraph("**INVALID_LOAD** " + title + ": " + escaped(reason)));
      Story.warnings(run).forEach(warning -> paragraph(title + ": " + escaped(warning)));
    }
  }

  private void writeRun(RunFigures run, int number) {
    RunFigures.Counts counts = run.counts();
    Distribution times = run.times();
    line("| " + List.of(
            escaped(RunSection.title(run, number)) + (run.invalid().isEmpty() ? "" : " **INVALID_LOAD**"),
            run.open() ? "open" : "closed",
            Wording.count(counts.scheduled()), Wording.count(counts.ok()), Wording.count(counts.failed()),
            Wording.count(counts.dropped()), Wording.count(counts.indeterminate()), Wording.number(run.throughput()),
            bars(run.slices()),
            Wording.millis(times.p(0.5)), Wording.millis(times.p(0.99)), Wording.millis(times.max()),
            escaped(Story.list(run.instances())))
        .stream().collect(Collectors.joining(" | ")) + " |");
  }

  private void writeFacts() {
    if (findings.facts().isEmpty()) {
      return;
    }
    line("");
    for (Map.Entry<String, String> fact : findings.facts().entrySet()) {
      line("- " + escaped(fact.getKey()) + ": " + escaped(fact.getValue()));
    }
  }

  /** Throughput over time as a row of bars, each the mean of its slices. */
  private static String bars(List<TimeSlice> slices) {
    double most = slices.stream().mapToDouble(TimeSlice::rate).max().orElse(0);
    if (most == 0) {
      return "";
    }
    int bars = Math.min(BAR_COUNT, slices.size());
    StringBuilder row = new StringBuilder();
    for (int bar = 0; bar < bars; bar++) {
      double mean = slices.subList(bar * slices.size() / bars, (bar + 1) * slices.size() / bars).stream()
          .mapToDouble(TimeSlice::rate)
          .average()
          .orElse(0);
      row.append(BARS.charAt(Math.max(0, (int) Math.ceil(mean / most * BARS.length()) - 1)));
    }
    return row.toString();
  }

  private void paragraph(String text) {
    line("");
    line(text);
  }

  private void line(String text) {
    out.append(text).append('\n');
  }

  /** Text that stays text: CommonMark lets every ASCII punctuation mark be escaped (section 2.4); HTML by entities. */
  private static String escaped(String text) {
    StringBuilder safe = new StringBuilder();
    text.codePoints().forEach(point -> {
      switch (point) {
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '&' -> safe.append("&amp;");
        case '\\', '`', '*', '_', '[', ']', '|', '#', '~', '!', '@' -> safe.append('\\').appendCodePoint(point);
        default -> {
          if (Character.isISOControl(point)) {
            safe.append(' ');
          } else {
            safe.appendCodePoint(point);
          }
        }
      }
    });
    return safe.toString();
  }
}
