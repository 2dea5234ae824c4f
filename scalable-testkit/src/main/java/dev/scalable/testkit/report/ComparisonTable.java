package dev.scalable.testkit.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A small table of figures side by side, such as those of a report beside our own, as aligned plain text or Markdown.
 * The first column is set to the left, the others to the right. Immutable: {@link #row} returns a new table.
 */
public final class ComparisonTable {
  private final List<String> head;
  private final List<List<String>> rows;

  private ComparisonTable(List<String> head, List<List<String>> rows) {
    this.head = head;
    this.rows = rows;
  }

  /** Returns an empty table with these column heads. */
  public static ComparisonTable of(String... columns) {
    if (columns.length == 0) {
      throw new IllegalArgumentException("a table has at least one column");
    }
    return new ComparisonTable(List.of(columns), List.of());
  }

  /**
   * Returns this table with one more row.
   *
   * @throws IllegalArgumentException if it has not as many cells as there are columns
   */
  public ComparisonTable row(String... cells) {
    if (cells.length != head.size()) {
      throw new IllegalArgumentException("the columns are " + head + ", the cells are " + List.of(cells));
    }
    List<List<String>> more = new ArrayList<>(rows);
    more.add(List.of(cells));
    return new ComparisonTable(head, List.copyOf(more));
  }

  /** Returns the table as lines of plain text, columns two blanks apart, without a final line end. */
  public String text() {
    return lines(UnaryOperator.identity(), width -> "-".repeat(width), "", "  ", "");
  }

  /** Returns the table as Markdown (GitHub's tables), aligned in the source too, without a final line end. */
  public String markdown() {
    return lines(cell -> cell.replace("|", "\\|"), width -> "-".repeat(width - 1) + ":", "| ", " | ", " |");
  }

  /** Returns {@link #text()}. */
  @Override
  public String toString() {
    return text();
  }

  private String lines(
      UnaryOperator<String> escape, IntFunction<String> rule, String before, String between, String after) {
    List<List<String>> all = Stream.concat(Stream.of(head), rows.stream())
        .map(cells -> cells.stream().map(escape).toList())
        .collect(Collectors.toCollection(ArrayList::new));
    List<Integer> widths = IntStream.range(0, head.size()).mapToObj(column -> width(all, column)).toList();
    all.add(1, IntStream.range(0, head.size())
        .mapToObj(column -> column == 0 ? "-".repeat(widths.get(0)) : rule.apply(widths.get(column)))
        .toList());
    return all.stream()
        .map(cells -> IntStream.range(0, cells.size())
            .mapToObj(column -> padded(cells.get(column), widths.get(column), column > 0))
            .collect(Collectors.joining(between, before, after))
            .stripTrailing())
        .collect(Collectors.joining("\n"));
  }

  /** At least three, which is what a rule of Markdown needs. */
  private static int width(List<List<String>> lines, int column) {
    return lines.stream().mapToInt(cells -> cells.get(column).length()).reduce(3, Math::max);
  }

  private static String padded(String cell, int width, boolean right) {
    String padding = " ".repeat(width - cell.length());
    return right ? padding + cell : cell + padding;
  }
}
