package dev.scalable.testkit.report;

import dev.scalable.testkit.check.Verdict;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;

/**
 * Everything that a report says, at the moment it is written.
 *
 * @param facts what was tested where, in the order in which it is told
 * @param attachments what lies beside the report
 */
record Findings(
    String name,
    ZonedDateTime written,
    Map<String, String> facts,
    List<Test> tests,
    List<RunFigures> runs,
    List<Attachment> attachments) {

  /** What a test came to. */
  record Test(String name, Verdict verdict, String message) {}

  /**
   * A file or folder beside the report.
   *
   * @param file its path, relative to the report, of letters that need no escape in an address
   * @param problem why it is not there, empty if it is
   */
  record Attachment(String name, String file, String problem) {}

  /**
   * What the tests come to together: broken if one is, kept only if all are, of a load that was the one asked for. A
   * report in which nothing was judged has not passed either.
   */
  Verdict verdict() {
    if (count(Verdict.FAIL) > 0) {
      return Verdict.FAIL;
    }
    boolean honest = runs.stream().allMatch(run -> run.invalid().isEmpty());
    return honest && !tests.isEmpty() && count(Verdict.INCONCLUSIVE) == 0 ? Verdict.PASS : Verdict.INCONCLUSIVE;
  }

  long count(Verdict verdict) {
    return tests.stream().filter(test -> test.verdict() == verdict).count();
  }

  /** The sum over all runs. */
  RunFigures.Counts counts() {
    return runs.stream().map(RunFigures::counts).reduce(RunFigures.Counts.NONE, RunFigures.Counts::plus);
  }

  /** One line that says how it went. */
  String summary() {
    StringBuilder line = new StringBuilder();
    if (tests.isEmpty()) {
      line.append("No test was judged.");
    } else {
      line.append(Wording.count(count(Verdict.PASS))).append(" of ")
          .append(Wording.count(tests.size(), "test", "tests")).append(" passed");
      if (count(Verdict.FAIL) > 0) {
        line.append(", ").append(Wording.count(count(Verdict.FAIL))).append(" failed");
      }
      if (count(Verdict.INCONCLUSIVE) > 0) {
        line.append(", ").append(Wording.count(count(Verdict.INCONCLUSIVE))).append(" inconclusive");
      }
      line.append('.');
    }
    if (!runs.isEmpty()) {
      RunFigures.Counts all = counts();
      line.append(' ').append(Wording.count(all.scheduled(), "request", "requests")).append(" in ")
          .append(Wording.count(runs.size(), "load run", "load runs")).append(", ")
          .append(all.bad() == 0 ? "all" : Wording.count(all.ok())).append(" answered well.");
      long invalid = runs.stream().filter(run -> !run.invalid().isEmpty()).count();
      if (invalid > 0) {
        line.append(' ').append(Wording.count(invalid, "load was", "loads were")).append(" not the one asked for.");
      }
    }
    return line.toString();
  }
}
