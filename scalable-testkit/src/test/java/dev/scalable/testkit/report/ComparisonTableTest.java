package dev.scalable.testkit.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The same rows are aligned text in a terminal and a table in Markdown. */
class ComparisonTableTest {
  private final ComparisonTable table = ComparisonTable
      .of("figure", "origin report", "ours cold", "ours warm", "times better")
      .row("20 x 10, answered", "200/200", "200/200", "200/200", "")
      .row("20 x 10, seconds", "0.47", "0.31", "0.02", "23.5")
      .row("|escaped|", "1", "2", "3", "4");

  @Test
  void text_is_aligned() {
    assertThat(table.text()).isEqualTo("""
        figure             origin report  ours cold  ours warm  times better
        -----------------  -------------  ---------  ---------  ------------
        20 x 10, answered        200/200    200/200    200/200
        20 x 10, seconds            0.47       0.31       0.02          23.5
        |escaped|                      1          2          3             4""");
  }

  @Test
  void markdown_is_a_table() {
    assertThat(table.markdown().lines().limit(3)).containsExactly(
        "| figure            | origin report | ours cold | ours warm | times better |",
        "| ----------------- | ------------: | --------: | --------: | -----------: |",
        "| 20 x 10, answered |       200/200 |   200/200 |   200/200 |              |");
    assertThat(table.markdown()).contains("\\|escaped\\|");
  }

  @Test
  void a_row_has_as_many_cells_as_there_are_columns() {
    assertThatThrownBy(() -> table.row("one", "two"))
        .hasMessageContaining("times better")
        .hasMessageContaining("[one, two]");
  }
}
