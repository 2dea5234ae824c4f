package dev.scalable.testkit.report;

import java.util.List;

/**
 * Says what a colour in a drawing stands for.
 *
 * @param style the class that has the colour
 */
record Legend(String style, String label) {
  private static final double LETTER = 7.2;
  private static final double KEY = 13;
  private static final double GAP = 14;

  /** Writes the first ones that fit between two places, set to the right, on one line of text. */
  static void draw(Markup page, List<Legend> legends, double from, double to, double line) {
    int fitting = legends.size();
    while (fitting > 0 && width(legends.subList(0, fitting)) > to - from) {
      fitting--;
    }
    double at = to - width(legends.subList(0, fitting));
    for (Legend legend : legends.subList(0, fitting)) {
      Plot.rectangle(page, "key " + legend.style(), at, line - 9, 9, 9);
      Plot.text(page, "tick", at + KEY, line, legend.label());
      at += legend.width() + GAP;
    }
  }

  private static double width(List<Legend> legends) {
    return legends.stream().mapToDouble(Legend::width).sum() + GAP * Math.max(0, legends.size() - 1);
  }

  private double width() {
    return KEY + LETTER * label.length();
  }
}
