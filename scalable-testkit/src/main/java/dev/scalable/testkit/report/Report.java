package dev.scalable.testkit.report;

import dev.scalable.testkit.check.Verdict;
import dev.scalable.testkit.load.LoadResult;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects what an experiment found, and writes it down: one page of HTML that needs nothing else, Markdown for the
 * summary of a build, JSON for programs, histograms, and whatever is attached, all in one folder.
 *
 * <pre>{@code
 * Report report = Report.named("OriginReportTest");
 * report.facts(Map.of("backend", "local, Nginx 1.22.1"));
 * report.add(cluster.load().get("/").closed(users(20), iterations(10)).run());
 * report.test("twenty users get ten answers each", Verdict.PASS, "200/200");
 * Path folder = report.write();
 * }</pre>
 *
 * <p>The folder is {@code target/scalable-testkit/<name>-<yyyyMMdd-HHmmss>/}, and {@code latest} beside it leads to the
 * one written last; {@code -Dscalable.testkit.reports=<folder>} puts them elsewhere. Of each name the newest twenty are
 * kept.
 *
 * <p>Thread-safe. A load result is summed up when it is added, so its single requests are not held.
 */
public final class Report {
  private static final Logger log = LoggerFactory.getLogger(Report.class);

  private final String name;
  private final ReportFolder folder;
  private final double loadAtStart = loadAverage();
  private final Map<String, String> facts = new LinkedHashMap<>();
  private final List<Findings.Test> tests = new ArrayList<>();
  private final List<RunFigures> runs = new ArrayList<>();
  private final List<Findings.Attachment> attachments = new ArrayList<>();

  private Report(String name, ReportFolder folder) {
    this.name = name;
    this.folder = folder;
  }

  /**
   * Begins a report and makes its folder, so that its path can be told before anything is written.
   *
   * @param name what it is about, such as the simple name of a test class; any text
   * @throws java.io.UncheckedIOException if no folder can be made
   */
  public static Report named(String name) {
    LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault());
    return new Report(name, ReportFolder.claim(ReportFolder.base(), name, now));
  }

  /** Returns the absolute path of the page, which is there after {@link #write}. */
  public Path path() {
    return folder.path().resolve("report.html");
  }

  /** Adds facts to the head of the report, such as backend and versions; one of the same name is replaced. */
  public synchronized Report facts(Map<String, String> more) {
    facts.putAll(more);
    return this;
  }

  /** Adds a load run. */
  public Report add(LoadResult run) {
    return add(RunReader.read(run, null));
  }

  /** Adds a load run that belongs to a test, whether the test has been added or will be. */
  public Report add(String test, LoadResult run) {
    return add(RunReader.read(run, test));
  }

  private synchronized Report add(RunFigures run) {
    runs.add(run);
    return this;
  }

  /**
   * Adds what a test came to.
   *
   * @param message why, in any number of lines; may be empty
   */
  public synchronized Report test(String test, Verdict verdict, String message) {
    tests.add(new Findings.Test(test, verdict, message));
    return this;
  }

  /**
   * Copies a file or a folder, as it is now, into the folder of the report, below {@code files/}. One that cannot be
   * copied is named in the report with the reason, and is no reason to fail.
   *
   * @param attachment its name in the report; slashes make folders
   */
  public synchronized Report attach(String attachment, Path source) {
    attachments.add(Attachments.copy(folder, attachment, source));
    return this;
  }

  /**
   * Writes a text into the folder of the report, below {@code files/}.
   *
   * @param attachment its name in the report; slashes make folders
   */
  public synchronized Report attachText(String attachment, String text) {
    attachments.add(Attachments.write(folder, attachment, text));
    return this;
  }

  /** Returns the verdict so far; a report that judged nothing, or an invalid load, has not passed. */
  public Verdict verdict() {
    return findings().verdict();
  }

  /**
   * Returns ten figures for a listing of test results: verdict, tests, runs, requests, ok, failed, dropped,
   * indeterminate, the lowest throughput of a run in requests per second, and the highest p99 of one in milliseconds.
   */
  public Map<String, String> keyNumbers() {
    return KeyNumbers.of(findings());
  }

  /**
   * Writes all that is known so far, and returns the folder. It may be called again: the files are replaced.
   *
   * @throws java.io.UncheckedIOException if a file cannot be written; those written before stay
   */
  public synchronized Path write() {
    Findings findings = findings();
    HistogramFiles.write(folder, findings);
    folder.write("report.json", JsonDocument.of(findings));
    folder.write("report.md", MarkdownPage.of(findings).getBytes(StandardCharsets.UTF_8));
    folder.write("report.html", HtmlPage.of(findings).getBytes(StandardCharsets.UTF_8));
    folder.renewLatest();
    folder.sweep();
    log.info("{} {}: {} Report: {}", findings.verdict(), name, findings.summary(), path());
    return folder.path();
  }

  private synchronized Findings findings() {
    Map<String, String> all = new LinkedHashMap<>(facts);
    all.putIfAbsent("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    all.putIfAbsent("load average", String.format(
        Locale.ROOT, "%s before, %s after", average(loadAtStart), average(loadAverage())));
    all.putIfAbsent("Java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
    all.putIfAbsent("system", System.getProperty("os.name") + " " + System.getProperty("os.version")
        + ", " + System.getProperty("os.arch"));
    return new Findings(
        name, ZonedDateTime.now(ZoneId.systemDefault()), all, List.copyOf(tests), List.copyOf(runs),
        List.copyOf(attachments));
  }

  private static double loadAverage() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static String average(double value) {
    return value < 0 ? "unknown" : String.format(Locale.ROOT, "%.2f", value);
  }
}
