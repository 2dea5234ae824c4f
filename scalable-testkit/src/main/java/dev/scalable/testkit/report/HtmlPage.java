package dev.scalable.testkit.report;

import dev.scalable.testkit.check.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The report as one page of HTML that needs nothing else: no script, no other file, no network. */
final class HtmlPage {
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm:ss O", Locale.ENGLISH);
  private static final int LONG_MESSAGE = 400;

  private final Findings findings;
  private final Markup page = Markup.startingWith("<!DOCTYPE html>\n");

  private HtmlPage(Findings findings) {
    this.findings = findings;
  }

  static String of(Findings findings) {
    return new HtmlPage(findings).written();
  }

  private String written() {
    page.open("html", "lang", "en").text("\n");
    writeHead();
    page.open("body").text("\n");
    writeHeader();
    page.open("main").text("\n");
    writeTests();
    writeRuns();
    writeAttachments();
    page.closeLine();
    page.open("footer").open("p").text("Written by Scalable's testkit. The same figures for programs are in ")
        .element("a", "report.json", "href", "report.json").text(".").close().closeLine();
    return page.closeLine().closeLine().toString();
  }

  private void writeHead() {
    page.open("head").text("\n");
    page.empty("meta", "charset", "utf-8");
    page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    page.empty("meta", "name", "color-scheme", "content", "light dark");
    page.empty("meta", "http-equiv", "Content-Security-Policy",
        "content", "default-src 'none'; style-src 'unsafe-inline'");
    page.element("title", findings.verdict() + " – " + findings.name());
    page.style(styleSheet()).closeLine();
  }

  private void writeHeader() {
    page.open("header").text("\n");
    page.element("p", "Testkit report", "class", "kind");
    page.element("h1", findings.name());
    page.open("p", "class", "verdict");
    writeVerdict(findings.verdict());
    page.text(" ").element("span", findings.summary()).closeLine();
    page.open("dl", "class", "facts");
    writeFact("written", MOMENT.format(findings.written()));
    findings.facts().forEach((name, value) -> writeFact(name, value.lines().findFirst().orElse("")));
    page.closeLine();
    findings.facts().forEach(this::writeRest);
    page.closeLine();
  }

  private void writeFact(String name, String value) {
    page.open("div").element("dt", name).element("dd", value).closeLine();
  }

  /** A fact is as long as its place in the head, its first line; what else it has to say is told below. */
  private void writeRest(String name, String value) {
    String rest = value.lines().skip(1).collect(Collectors.joining("\n"));
    if (!rest.isEmpty()) {
      page.element("p", name + ": " + rest, "class", "rest").text("\n");
    }
  }

  private void writeTests() {
    if (findings.tests().isEmpty()) {
      return;
    }
    page.open("section", "id", "tests").element("h2", "Tests");
    page.open("ul", "class", "tests").text("\n");
    for (Findings.Test test : findings.tests()) {
      page.open("li");
      writeVerdict(test.verdict());
      page.open("div").element("span", test.name(), "class", "name");
      writeMessage(test);
      page.close().closeLine();
    }
    page.closeLine().closeLine();
  }

  /** A long message shows its begin, and the rest when it is asked for; that of a failure is not waited for. */
  private void writeMessage(Findings.Test test) {
    String message = test.message();
    if (message.isBlank()) {
      return;
    }
    if (message.length() <= LONG_MESSAGE) {
      page.element("p", message, "class", "message");
      return;
    }
    String first = message.lines().findFirst().orElse("");
    String[] opened = test.verdict() == Verdict.FAIL ? new String[] {"open", "open"} : new String[0];
    page.open("details", opened).element("summary", Wording.shortened(first, LONG_MESSAGE));
    page.element("pre", message).close();
  }

  private void writeRuns() {
    List<RunFigures> runs = findings.runs();
    if (runs.size() > 1) {
      writeOverview(runs);
    }
    for (int i = 0; i < runs.size(); i++) {
      RunSection.write(page, runs.get(i), i + 1);
    }
  }

  private void writeOverview(List<RunFigures> runs) {
    page.open("section", "id", "runs").element("h2", "Load runs");
    page.open("div", "class", "scroll").open("table");
    Table.head(page, "run", "requests", "answered well", "per second", "p50 ms", "p99 ms", "longest ms");
    page.open("tbody").text("\n");
    for (int i = 0; i < runs.size(); i++) {
      RunFigures run = runs.get(i);
      Distribution times = run.times();
      page.open("tr").open("th", "scope", "row");
      page.element("a", RunSection.title(run, i + 1), "href", "#" + RunSection.id(i + 1));
      if (!run.invalid().isEmpty()) {
        page.text(" ").element("span", "INVALID_LOAD", "class", "tag inconclusive");
      }
      page.close();
      Table.cells(
          page, Wording.count(run.counts().scheduled()), Wording.count(run.counts().ok()),
          Wording.number(run.throughput()), Wording.millis(times.p(0.5)), Wording.millis(times.p(0.99)),
          Wording.millis(times.max()));
      page.closeLine();
    }
    page.close().close().close();
    page.element("p", "Times are response times in open models, and service times in closed ones."
        + " A percentile that fewer than ten requests lie beyond is not given.", "class", "note");
    page.closeLine();
  }

  private void writeAttachments() {
    if (findings.attachments().isEmpty()) {
      return;
    }
    page.open("section", "id", "files").element("h2", "Files").open("ul", "class", "files").text("\n");
    for (Findings.Attachment attachment : findings.attachments()) {
      page.open("li");
      if (attachment.problem().isEmpty()) {
        page.element("a", attachment.name(), "href", attachment.file());
      } else {
        page.text(attachment.name() + ": " + attachment.problem());
      }
      page.closeLine();
    }
    page.closeLine().closeLine();
  }

  private void writeVerdict(Verdict verdict) {
    page.element("strong", verdict.name(), "class", "tag " + verdict.name().toLowerCase(Locale.ROOT));
  }

  private static String styleSheet() {
    try (InputStream sheet = HtmlPage.class.getResourceAsStream("report.css")) {
      if (sheet == null) {
        throw new IllegalStateException("report.css is not beside " + HtmlPage.class + " on the class path");
      }
      return new String(sheet.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
