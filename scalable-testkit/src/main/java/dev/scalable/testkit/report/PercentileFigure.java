package dev.scalable.testkit.report;

import dev.scalable.testkit.report.Plot.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The percentile curve, in the manner of HdrHistogram's plots: from left to right each step of the same width is ten
 * times fewer requests, so that the slowest of a thousand has as much room as the first nine of ten. Where fewer than
 * ten requests lie beyond a point, the curve is dashed: it shows single requests and no rule.
 */
final class PercentileFigure {
  private static final double TITLE = 24;
  private static final double HEIGHT = 210;
  private static final double AXIS = 26;

  private final Map<String, Distribution> curves;
  private final Canvas canvas;
  private final Plot plot;

  private PercentileFigure(Map<String, Distribution> curves, Canvas canvas) {
    this.curves = curves;
    this.canvas = canvas;
    double least = curves.values().stream().flatMapToDouble(each -> each.min().stream()).min().orElse(1);
    double most = curves.values().stream().flatMapToDouble(each -> each.max().stream()).max().orElse(1);
    double nines = curves.values().stream()
        .mapToDouble(each -> Math.log10((double) Math.max(10, each.count())))
        .max()
        .orElse(1);
    this.plot = new Plot(
        canvas.margin(), TITLE, canvas.width() - canvas.margin() - 8.0, HEIGHT,
        Scale.linear(nines, 10), Scale.logarithmic(least / 1e6, most / 1e6));
  }

  /** Writes the drawing in both sizes; nothing, if no request was answered well. */
  static void draw(Markup page, RunFigures run) {
    if (run.service().count() == 0) {
      return;
    }
    Map<String, Distribution> curves = new TreeMap<>(Map.of("service", run.service()));
    if (run.scheduled()) {
      curves.put("response", run.response());
    }
    for (Canvas canvas : Canvas.values()) {
      canvas.draw(
          page, TITLE + HEIGHT + AXIS,
          "Percentiles of the " + String.join(" and the ", curves.keySet())
              + " time, from the fastest request to the slowest. The figures are in the table below.",
          new PercentileFigure(curves, canvas)::draw);
    }
  }

  private void draw(Markup page) {
    Plot.text(
        page, "title", plot.left(), 14, "Time by percentile" + (canvas == Canvas.WIDE ? ", ms (logarithmic)" : ", ms"));
    plot.grid(page, Wording::tick);
    drawAxis(page);
    Legend.draw(
        page, curves.keySet().stream().map(name -> new Legend(name, name)).toList(),
        plot.left() + 200, plot.right(), 14);
    for (Map.Entry<String, Distribution> curve : curves.entrySet()) {
      List<Point> sure = new ArrayList<>();
      List<Point> unsure = new ArrayList<>();
      for (Distribution.Point point : curve.getValue().curve()) {
        Point place = new Point(point.nines(), point.nanos() / 1e6);
        if (point.supported()) {
          sure.add(place);
        } else {
          if (unsure.isEmpty() && !sure.isEmpty()) {
            unsure.add(sure.getLast());
          }
          unsure.add(place);
        }
      }
      plot.line(page, "line unsure " + curve.getKey(), unsure);
      plot.line(page, "line " + curve.getKey(), sure);
    }
  }

  private void drawAxis(Markup page) {
    for (double share : new double[] {0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999}) {
      double nines = -Math.log10(1 - share);
      if (nines > plot.x().to()) {
        break;
      }
      double at = plot.x(nines);
      page.empty("path", "class", "grid", "d",
          "M" + Plot.coordinate(at) + "," + Plot.coordinate(plot.top()) + "V" + Plot.coordinate(plot.bottom() + 4));
      String label = Wording.percentile(share).substring(1) + (share > 0 && canvas == Canvas.WIDE ? " %" : "");
      boolean last = at + 3.6 * label.length() > canvas.width();
      Plot.text(page, "tick " + (last ? "end" : "middle"), last ? plot.right() : at, plot.bottom() + 18, label);
    }
  }
}
