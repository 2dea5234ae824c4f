package dev.scalable.testkit.report;

import dev.scalable.testkit.history.Event;
import dev.scalable.testkit.report.Lane.State;
import dev.scalable.testkit.report.Lane.Stretch;
import dev.scalable.testkit.report.Plot.Point;
import dev.scalable.testkit.report.RunFigures.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The drawing of a run over time: throughput, response times, who answered, and what the nodes were, one below the
 * other on the same axis of time, with what was done to the system marked through all of them.
 */
final class TimeFigure {
  private static final double TITLE = 24;
  private static final double GAP = 16;
  private static final double RATE = 110;
  private static final double TIMES = 140;
  private static final double SHARES = 84;
  private static final double LANE = 30;
  private static final double AXIS = 26;
  private static final double MARKER = 18;
  private static final double LEAST_BAD = 3;

  private final RunFigures run;
  private final Canvas canvas;
  private final Palette palette;
  private final Scale time;
  private final double left;
  private final double width;

  private TimeFigure(RunFigures run, Canvas canvas, Palette palette) {
    this.run = run;
    this.canvas = canvas;
    this.palette = palette;
    this.left = canvas.margin();
    this.width = canvas.width() - left - 8;
    this.time = Scale.linear(seconds(run.duration()), canvas == Canvas.WIDE ? 12 : 6);
  }

  /** Writes the drawing in both sizes. */
  static void draw(Markup page, RunFigures run, Palette palette) {
    for (Canvas canvas : Canvas.values()) {
      TimeFigure figure = new TimeFigure(run, canvas, palette);
      canvas.draw(page, figure.height(), figure.description(), figure::draw);
    }
  }

  private void draw(Markup page) {
    double top = marksHeight();
    Plot rate = plot(top + TITLE, RATE, rateScale());
    Plot times = plot(rate.bottom() + GAP + TITLE, TIMES, timeScale());
    Plot shares = plot(times.bottom() + GAP + TITLE, SHARES, Scale.linear(1, 2));
    double bottom = lanesTop() + run.lanes().size() * LANE;
    drawMarks(page, plot(top, bottom - top, Scale.linear(1, 1)));
    drawRate(page, rate);
    drawTimes(page, times);
    drawShares(page, shares);
    for (int i = 0; i < run.lanes().size(); i++) {
      drawLane(page, run.lanes().get(i), lanesTop() + i * LANE);
    }
    drawAxis(page, bottom);
    if (canvas == Canvas.WIDE) {
      run.slices().forEach(slice -> drawReading(page, slice, top, bottom));
    }
  }

  /** Room for the numbers of what was done. */
  private double marksHeight() {
    return run.faults().isEmpty() ? 0 : 30;
  }

  private double lanesTop() {
    return marksHeight() + TITLE + RATE + GAP + TITLE + TIMES + GAP + TITLE + SHARES + GAP;
  }

  private double height() {
    return lanesTop() + run.lanes().size() * LANE + AXIS;
  }

  private String description() {
    return "Over " + Wording.seconds(run.duration())
        + ": requests per second, response times, share of answers by instance, and state of the nodes."
        + " The figures are in the tables below.";
  }

  /** Shades the times in which a node was not up, and numbers what was done, from top to bottom. */
  private void drawMarks(Markup page, Plot all) {
    for (Lane lane : run.lanes()) {
      for (Stretch stretch : lane.stretches()) {
        if (stretch.state() != State.UP) {
          all.band(page, "outage", seconds(stretch.from()), seconds(stretch.to()), 1);
        }
      }
    }
    double free = 0;
    for (int i = 0; i < run.faults().size(); i++) {
      Window fault = run.faults().get(i);
      all.band(page, "fault", seconds(fault.from()), seconds(fault.to()), 0);
      page.empty("path", "class", "begin", "d",
          "M" + Plot.coordinate(all.x(seconds(fault.from()))) + "," + Plot.coordinate(all.top()) + "V"
              + Plot.coordinate(all.bottom()));
      double at = Math.max(free, all.x(seconds(fault.from())));
      double next = i + 1 < run.faults().size() ? all.x(seconds(run.faults().get(i + 1).from())) : canvas.width();
      page.empty("circle", "class", "mark", "cx", Plot.coordinate(at), "cy", "14", "r", "8.5");
      Plot.text(page, "number", at, 18, Integer.toString(i + 1));
      int room = Canvas.characters(next - at - 2 * MARKER);
      if (room >= fault.name().length()) {
        Plot.text(page, "label", at + 13, 18, fault.name());
      }
      free = at + MARKER + 1;
    }
  }

  private void drawRate(Markup page, Plot plot) {
    title(page, plot, "Requests per second", run.counts().bad() == 0
        ? List.of()
        : List.of(new Legend("ok", "answered well"), new Legend("bad", "not")));
    plot.grid(page, Wording::tick);
    plot.area(page, "ok", steps(slice -> Math.min(slice.rate(), plot.y().to())), steps(slice -> 0));
    for (TimeSlice slice : run.slices()) {
      if (slice.bad() > 0) {
        double height = Math.max(LEAST_BAD, plot.bottom() - plot.y(slice.rateOfAll() - slice.rate()));
        double from = plot.x(seconds(slice.from()));
        Plot.rectangle(
            page, "bad", from, plot.bottom() - height, Math.max(1, plot.x(seconds(slice.to())) - from), height);
      }
      if (slice.rate() > plot.y().to()) {
        double middle = (plot.x(seconds(slice.from())) + plot.x(seconds(slice.to()))) / 2;
        boolean late = middle > left + width / 2;
        Plot.text(page, late ? "tick end" : "tick", middle + (late ? -8 : 8), plot.top() + 12,
            "up to " + Wording.number(slice.rate()));
      }
    }
  }

  /**
   * The axis of throughput. After a pause all that waited is answered at once; a few such slices are cut off, with
   * their figure beside them, so that the others keep their height.
   */
  private Scale rateScale() {
    double[] rates = run.slices().stream().mapToDouble(TimeSlice::rate).sorted().toArray();
    double greatest = rates[rates.length - 1];
    double usual = rates[rates.length - 1 - rates.length / 20];
    boolean cut = usual > 0 && greatest > 3 * usual;
    return Scale.linearRounded(cut ? 1.5 * usual : greatest, 4);
  }

  private void drawTimes(Markup page, Plot plot) {
    String what = run.scheduled() ? "Response time" : "Service time";
    title(page, plot, what + (canvas == Canvas.WIDE ? ", ms (logarithmic)" : ", ms"),
        List.of(new Legend("p50", "p50"), new Legend("p99", "p99"), new Legend("max", "longest")));
    plot.grid(page, Wording::tick);
    for (List<TimeSlice> part : answered()) {
      plot.line(page, "line max", middles(part, slice -> slice.max() / 1e6));
      plot.line(page, "line p99", middles(part, slice -> slice.p99() / 1e6));
      plot.line(page, "line p50", middles(part, slice -> slice.p50() / 1e6));
    }
  }

  private void drawShares(Markup page, Plot plot) {
    title(page, plot, "Share of answers", palette.names().stream()
        .map(name -> new Legend(palette.style(name), name))
        .toList());
    plot.grid(page, share -> Math.round(share * 100) + " %");
    List<Point> below = steps(slice -> 0);
    double[] sum = new double[run.slices().size()];
    for (String name : palette.names()) {
      for (int i = 0; i < sum.length; i++) {
        Map<String, Integer> answers = run.slices().get(i).instances();
        int total = answers.values().stream().mapToInt(Integer::intValue).sum();
        sum[i] += total == 0 ? 0 : answers.getOrDefault(name, 0) / (double) total;
      }
      List<Point> above = new ArrayList<>();
      for (int i = 0; i < sum.length; i++) {
        above.add(new Point(seconds(run.slices().get(i).from()), sum[i]));
        above.add(new Point(seconds(run.slices().get(i).to()), sum[i]));
      }
      plot.area(page, "share " + palette.style(name), above, below);
      below = above;
    }
  }

  private void drawLane(Markup page, Lane lane, double top) {
    Plot.text(page, "tick", left, top + 12, Wording.shortened(lane.node(), Canvas.characters(width)));
    Plot bar = new Plot(left, top + 17, width, 7, time, Scale.linear(1, 1));
    for (Stretch stretch : lane.stretches()) {
      String state = stretch.state().name().toLowerCase(Locale.ROOT);
      bar.band(page, "lane " + state, seconds(stretch.from()), seconds(stretch.to()), 1.5);
    }
    for (Event event : run.events()) {
      if (event.node().equals(lane.node()) && event.at().compareTo(run.duration()) <= 0) {
        double at = bar.x(seconds(event.at()));
        page.open("path", "class", "event", "d",
            "M" + Plot.coordinate(at) + "," + Plot.coordinate(bar.top() - 3) + "v13");
        page.element("title", event.toString()).close();
      }
    }
  }

  private void drawAxis(Markup page, double bottom) {
    Plot axis = plot(bottom, 1, Scale.linear(1, 1));
    double lastLabel = Double.NEGATIVE_INFINITY;
    for (double tick : time.ticks()) {
      double at = axis.x(tick);
      page.empty("path", "class", "axis", "d",
          "M" + Plot.coordinate(at) + "," + Plot.coordinate(bottom) + "v4");
      if (at - lastLabel > 30) {
        Plot.text(page, "tick middle", at, bottom + 18, Wording.tick(tick) + (tick == 0 ? " s" : ""));
        lastLabel = at;
      }
    }
  }

  /** A strip that shows nothing, and tells the figures of its slice to a pointer above it. */
  private void drawReading(Markup page, TimeSlice slice, double top, double bottom) {
    double from = left + width * time.share(seconds(slice.from()));
    double to = left + width * time.share(seconds(slice.to()));
    page.open("rect", "class", "reading", "x", Plot.coordinate(from), "y", Plot.coordinate(top),
        "width", Plot.coordinate(Math.max(0.1, to - from)), "height", Plot.coordinate(bottom - top));
    page.element("title", slice.toString()).close();
  }

  private void title(Markup page, Plot plot, String title, List<Legend> legends) {
    Plot.text(page, "title", left, plot.top() - 9, title);
    Legend.draw(page, legends, left + 8.5 * title.length() + 12, plot.right(), plot.top() - 9);
  }

  private Plot plot(double top, double height, Scale y) {
    return new Plot(left, top, width, height, time, y);
  }

  private Scale timeScale() {
    double least = run.slices().stream().filter(slice -> slice.timed() > 0).mapToLong(TimeSlice::p50).min().orElse(1);
    double most = run.slices().stream().mapToLong(TimeSlice::max).max().orElse(1);
    return Scale.logarithmic(Math.max(1, least) / 1e6, Math.max(1, most) / 1e6);
  }

  /** The stretches of slices that have a response time, so that no line leads over a gap. */
  private List<List<TimeSlice>> answered() {
    List<List<TimeSlice>> parts = new ArrayList<>();
    List<TimeSlice> part = new ArrayList<>();
    for (TimeSlice slice : run.slices()) {
      if (slice.timed() > 0) {
        part.add(slice);
      } else if (!part.isEmpty()) {
        parts.add(part);
        part = new ArrayList<>();
      }
    }
    parts.add(part);
    return parts;
  }

  private List<Point> steps(ToDoubleFunction<TimeSlice> value) {
    List<Point> steps = new ArrayList<>();
    for (TimeSlice slice : run.slices()) {
      steps.add(new Point(seconds(slice.from()), value.applyAsDouble(slice)));
      steps.add(new Point(seconds(slice.to()), value.applyAsDouble(slice)));
    }
    return steps;
  }

  private List<Point> middles(List<TimeSlice> part, ToDoubleFunction<TimeSlice> value) {
    return part.stream()
        .map(slice -> new Point(
            (seconds(slice.from()) + seconds(slice.to())) / 2, value.applyAsDouble(slice)))
        .toList();
  }

  static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }
}
