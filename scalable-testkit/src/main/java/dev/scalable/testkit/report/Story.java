package dev.scalable.testkit.report;

import dev.scalable.testkit.load.Calibration;
import dev.scalable.testkit.noise.Noise;
import dev.scalable.testkit.report.RunFigures.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The sentences of a report on a run: what kind of truth its figures are. Pages in HTML and in Markdown share them. */
final class Story {
  /** A user who waits this many of its usual gaps for one answer leaves out requests that would have waited, too. */
  private static final double LONG_PAUSE = 10;

  private static final String OPEN =
      "Every request was due at a time fixed before the run. The response time counts from when it was due, so a pause"
          + " is charged to everyone who came during it, as users would see it.";
  private static final String PACED =
      "Each user had times at which its requests were due, and sent them late when it still waited for an answer. The"
          + " response time counts from when they were due.";
  private static final String CLOSED =
      "A user sends its next request when the last one is answered, so a slow system is asked less: these are times"
          + " under back-pressure, not what users of an open system see.";

  private Story() {}

  /** How the load came about, and what that makes of its times. */
  static String model(RunFigures run) {
    String model = run.model().isEmpty() ? "" : run.model().substring(0, 1).toUpperCase(Locale.ROOT)
        + run.model().substring(1) + ". ";
    return model + "It ran for " + Wording.seconds(run.duration()) + ". "
        + (run.open() ? OPEN : run.scheduled() ? PACED : CLOSED);
  }

  /** What a reader has to know before believing the figures. */
  static List<String> warnings(RunFigures run) {
    List<String> warnings = new ArrayList<>();
    run.disturbed().ifPresent(why -> warnings.add(
        "The machine was disturbed during this run: " + why
            + ". Nothing is said about speed; what was lost still counts."));
    if (run.pauseHidden() >= LONG_PAUSE) {
      warnings.add("The longest request took " + Wording.millis(run.service().max()) + " ms, the time of about "
          + Wording.count(Math.round(run.pauseHidden()))
          + " requests of its user. They were not sent meanwhile, so the percentiles leave the pause out;"
          + " an open model would show it.");
    }
    OptionalDouble response = run.response().p(0.99);
    OptionalDouble service = run.service().p(0.99);
    if (run.scheduled() && response.isPresent() && service.isPresent()
        && response.getAsDouble() >= 2 * service.getAsDouble()) {
      warnings.add("At p99 users waited " + Wording.millis(response) + " ms, though requests took only "
          + Wording.millis(service) + " ms once they were sent: they waited for their turn.");
    }
    return warnings;
  }

  /** What one slice of the drawing over time is. */
  static String slices(RunFigures run) {
    long perSlice = run.counts().scheduled() / Math.max(1, run.slices().size());
    return "In slices of " + Wording.tick(run.slice().toNanos() / 1e6) + " ms, of about "
        + Wording.count(perSlice, "request", "requests") + " each"
        + (perSlice < 1000 ? ", so the p99 of one is the time of its slowest few" : "")
        + ". Answers are counted when they ended, times when the request was "
        + (run.scheduled() ? "due" : "sent") + "."
        + (run.lanes().stream().anyMatch(lane -> lane.stretches().size() > 1)
            ? " Shaded: a node was not up."
            : "");
  }

  static String percentiles(RunFigures run) {
    return "Of the " + Wording.count(run.service().count(), "request", "requests") + " answered well. "
        + (run.scheduled()
            ? "Service time counts from when a request was sent, response time from when it was due. "
            : "")
        + "Dashed, or not given: fewer than ten requests lie beyond.";
  }

  static String capacity(RunFigures run) {
    return Wording.number(run.capacity()) + " requests per second of CPU time of instances and database together ("
        + Wording.number(run.servingCpu().toNanos() / 1e9) + " s), wherever the load came from.";
  }

  /** What the machine can do and did, name and value; what is not known is left out. */
  static Map<String, String> machine(RunFigures run) {
    Map<String, String> told = new LinkedHashMap<>();
    Calibration calibration = run.calibration();
    if (calibration != null) {
      told.put("calibration", Wording.number(calibration.requestsPerSecond()) + "/s, p50 "
          + Wording.millis(calibration.p50()) + " ms, p99 " + Wording.millis(calibration.p99()) + " ms");
      told.put("throughput of calibration", Wording.percent(run.throughput() / calibration.requestsPerSecond()));
    }
    Noise noise = run.noise();
    if (noise != null) {
      told.put("hiccups", "p99 " + Wording.millis(noise.hiccupP99()) + " ms, longest "
          + Wording.millis(noise.hiccupMax()) + " ms");
      noise.stealShare().ifPresent(share -> told.put("taken by the hypervisor", Wording.percent(share)));
      noise.cpuShare().ifPresent(share -> told.put("processors in use", Wording.percent(share)));
      noise.generatorShare().ifPresent(share -> told.put("by the load generator", Wording.percent(share)));
      noise.loadAverage().ifPresent(load -> told.put("highest load average", Wording.number(load)));
      told.put("pauses for garbage", Wording.millis(noise.gcTime()) + " ms");
    }
    return told;
  }

  static String when(Window window) {
    return "at " + Wording.seconds(window.from()) + ", took " + Wording.seconds(window.to().minus(window.from()));
  }

  /** "app-1 12, app-2 13". */
  static String list(Map<String, ?> counts) {
    return counts.entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
