package dev.scalable.testkit.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.check.Verdict;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The summary of a build shows what was broken, and stays short and harmless. */
class MarkdownPageTest {

  @Test
  void it_says_what_was_broken_and_the_figures_of_the_runs() {
    assertThat(MarkdownPage.of(Sample.failed()))
        .startsWith("## FAIL – OriginReportTest\n\n1 of 3 tests passed, 1 failed, 1 inconclusive.")
        .contains("| answers are spread evenly | PASS |")
        .contains("| a killed instance loses nothing | **FAIL** |")
        .contains("**FAIL** a killed instance loses nothing\n\n> expected nothing to be lost<br>")
        .contains("| 1. checkout | open | 2,000 | 1,990 | 10 | 0 | 0 | 199 | ")
        .contains("▇█")
        .contains(" | 4.50 | 5.97 | 6.00 | app-1 600, app-2 1390 |")
        .contains("- backend: local\n");
  }

  @Test
  void rows_have_as_many_cells_as_the_head_whatever_the_names() {
    List<String> rows = MarkdownPage.of(Sample.hostile()).lines()
        .filter(line -> line.startsWith("| "))
        .map(line -> line.replace("\\\\", "").replace("\\|", "").replaceAll("[^|]", ""))
        .toList();
    assertThat(rows).hasSize(2 + 2 + 2 + 2);
    assertThat(rows.subList(0, 4)).containsOnly("|||");
    assertThat(rows.subList(4, 8)).containsOnly("||||||||||||||");
  }

  @Test
  void names_from_outside_make_no_markup() {
    assertThat(MarkdownPage.of(Sample.hostile()))
        .contains("&lt;script&gt;alert('x')&lt;/script&gt;\"&amp;&lt;\\!--\\]\\]&gt;\\|\\`\\*\\[a\\](")
        .doesNotContain("<script", "<!--", "[a](", "\u0000", "\u001b");
  }

  @Test
  void an_invalid_load_is_told_with_its_reason() {
    assertThat(MarkdownPage.of(Sample.findings(List.of(), List.of(Sample.run("fast", List.of("sent late"))))))
        .contains("1. fast **INVALID_LOAD**")
        .contains("**INVALID_LOAD** 1. fast: sent late");
  }

  @Test
  void many_tests_and_runs_fit_into_the_megabyte_of_a_summary() {
    Findings.Test test = new Findings.Test("t".repeat(200), Verdict.FAIL, "line\n".repeat(500));
    Findings many = Sample.findings(Collections.nCopies(300, test), Collections.nCopies(300, Sample.killed()));
    assertThat(MarkdownPage.of(many)).hasSizeLessThan(1_000_000).contains("and 260 more runs in report.html");
  }
}
