package dev.scalable.testkit.report;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;

/**
 * A rectangle in a drawing with a horizontal and a vertical axis, in the units of the drawing.
 *
 * @param x values from left to right
 * @param y values from bottom to top
 */
record Plot(double left, double top, double width, double height, Scale x, Scale y) {

  /** A place in a plot. */
  record Point(double x, double y) {}

  double right() {
    return left + width;
  }

  double bottom() {
    return top + height;
  }

  double x(double value) {
    return left + width * x.share(value);
  }

  double y(double value) {
    return bottom() - height * y.share(value);
  }

  /** A line through values; they may be none. */
  void line(Markup page, String style, List<Point> values) {
    if (!values.isEmpty()) {
      page.empty("path", "class", style, "d", "M" + through(values));
    }
  }

  /** The area between an upper and a lower line over the same places. */
  void area(Markup page, String style, List<Point> upper, List<Point> lower) {
    if (!upper.isEmpty()) {
      page.empty("path", "class", style, "d", "M" + through(upper) + "L" + through(lower.reversed()) + "Z");
    }
  }

  /** A rectangle between two values of x, over the whole height. */
  void band(Markup page, String style, double from, double to, double leastWidth) {
    double begin = x(from);
    rectangle(page, style, begin, top, Math.max(leastWidth, x(to) - begin), height);
  }

  /** Lines across at the marks of y, with what they stand for to the left of them. */
  void grid(Markup page, DoubleFunction<String> label) {
    for (double tick : y.ticks()) {
      double at = y(tick);
      page.empty(
          "path", "class", "grid", "d", "M" + coordinate(left) + "," + coordinate(at) + "H" + coordinate(right()));
      text(page, "tick end", left - 6, at + 4, label.apply(tick));
    }
  }

  static void rectangle(Markup page, String style, double x, double y, double width, double height) {
    page.empty(
        "rect", "class", style, "x", coordinate(x), "y", coordinate(y), "width", coordinate(width),
        "height", coordinate(height));
  }

  static void text(Markup page, String style, double x, double y, String text) {
    page.element("text", text, "class", style, "x", coordinate(x), "y", coordinate(y));
  }

  /** A tenth of a unit is finer than any screen shows. */
  static String coordinate(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private String through(List<Point> values) {
    return values.stream()
        .map(value -> coordinate(x(value.x())) + "," + coordinate(y(value.y())))
        .collect(Collectors.joining("L"));
  }
}
