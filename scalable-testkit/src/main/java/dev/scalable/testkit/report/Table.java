package dev.scalable.testkit.report;

/** Rows of figures in HTML; the first cell of a row names it, the others are figures. */
final class Table {
  /** What is not nothing can be seen. */
  private static final double LEAST = 0.8;

  private Table() {}

  static void head(Markup page, String... columns) {
    page.open("thead").open("tr");
    for (String column : columns) {
      page.element("th", column, "scope", "col");
    }
    page.close().closeLine();
  }

  static void row(Markup page, String name, String... cells) {
    page.open("tr").element("th", name, "scope", "row");
    cells(page, cells);
    page.closeLine();
  }

  static void cells(Markup page, String... cells) {
    for (String cell : cells) {
      page.element("td", cell);
    }
  }

  /** A cell with a bar in it, whose length is a share of the cell; it stretches with the page and needs no letters. */
  static void bar(Markup page, String style, double share) {
    page.open("td", "class", "bar").open("svg", "width", "100%", "height", "10", "aria-hidden", "true");
    double percent = share == 0 ? 0 : Math.max(LEAST, share * 100);
    page.empty("rect", "class", style, "width", Plot.coordinate(percent) + "%", "height", "10", "rx", "1.5");
    page.close().close();
  }
}
