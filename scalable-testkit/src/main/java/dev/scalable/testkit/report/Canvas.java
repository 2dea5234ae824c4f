package dev.scalable.testkit.report;

import java.util.function.Consumer;

/**
 * The two sizes in which each drawing is in the page: the style sheet shows the one that fits, so that letters are
 * neither tiny on a phone nor huge on a desk. No script chooses.
 */
enum Canvas {
  WIDE("wide", 920, 52),
  NARROW("narrow", 420, 44);

  private final String style;
  private final int width;
  private final int margin;

  Canvas(String style, int width, int margin) {
    this.style = style;
    this.width = width;
    this.margin = margin;
  }

  int width() {
    return width;
  }

  /** Room to the left of a plot for the labels of its marks. */
  int margin() {
    return margin;
  }

  /** The most characters that fit into a width, in the size of the labels; a broad font is assumed. */
  static int characters(double width) {
    return (int) (width / 7.2);
  }

  /** Writes the drawing; to those who do not see it, it is one picture with a description. */
  void draw(Markup page, double height, String description, Consumer<Markup> drawing) {
    page.open(
        "svg", "class", style, "viewBox", "0 0 " + width + " " + Plot.coordinate(height), "role", "img",
        "aria-label", description);
    drawing.accept(page);
    page.closeLine();
  }
}
