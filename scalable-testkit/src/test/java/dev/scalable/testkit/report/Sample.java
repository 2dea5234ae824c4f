package dev.scalable.testkit.report;

import dev.scalable.testkit.check.Verdict;
import dev.scalable.testkit.history.Event;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Outcome;
import dev.scalable.testkit.load.Calibration;
import dev.scalable.testkit.noise.Noise;
import dev.scalable.testkit.report.Findings.Attachment;
import dev.scalable.testkit.report.RunFigures.Counts;
import dev.scalable.testkit.report.RunFigures.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Findings whose figures are known beforehand. */
final class Sample {
  /** Everything that could be markup of some kind, or a way out of a folder. */
  static final String HOSTILE =
      "<script>alert('x')</script>\"&<!--]]>|`*[a](http://evil.example)\u0000\u001b ../../etc";

  private static final Duration LENGTH = Duration.ofSeconds(10);

  private Sample() {}

  /** An open model of 2,000 requests in 10 s: app-1 is killed at 3 s, started at 6 s, and 10 requests get a 502. */
  static RunFigures killed() {
    return run("checkout", List.of());
  }

  static RunFigures run(String name, List<String> invalid) {
    List<Exchange> exchanges = IntStream.range(0, 2000).mapToObj(Sample::exchange).toList();
    List<Event> events = List.of(
        new Event(Duration.ofSeconds(3), "app-1", "killed"),
        new Event(Duration.ofSeconds(6), "app-1", "started"),
        new Event(Duration.ofMillis(6800), "app-1", "serving"));
    Map<String, Integer> instances = new TreeMap<>(Map.of("app-1", 600, "app-2", 1390));
    Duration slice = RunReader.slice(LENGTH);
    return new RunFigures(
        name, "a killed instance loses nothing", "open model, 200 per second for 10 s", true, true,
        Instant.parse("2026-11-23T18:02:11Z"), LENGTH, new Counts(2000, 1990, 10, 0, 0), 199, "10/2000 failed",
        times(1990, 1), times(1990, 3), times(2000, 0.1),
        Map.of("Ok", 1990, "BadStatus 502 (balancer)", 10), instances,
        List.of(new Window("kill app-1", Duration.ofSeconds(3), Duration.ofMillis(3012))),
        events, Nodes.lanes(instances.keySet(), events, LENGTH), slice, RunReader.slices(exchanges, LENGTH, slice),
        Map.of("client", Duration.ofMillis(410), "app-1", Duration.ofMillis(1310), "postgres", Duration.ofMillis(680)),
        new Calibration(8121, Duration.ofNanos(211_000), Duration.ofNanos(940_000)),
        new Noise(
            Duration.ofNanos(1_234_000), Duration.ofMillis(17), OptionalDouble.of(0.012), OptionalDouble.empty(),
            OptionalDouble.of(1.37), OptionalDouble.of(0.113), Duration.ofMillis(19)),
        invalid, 0);
  }

  static Findings findings(List<Findings.Test> tests, List<RunFigures> runs) {
    return new Findings(
        "OriginReportTest", ZonedDateTime.parse("2026-11-23T18:02:33Z"),
        new TreeMap<>(Map.of("backend", "local", "cores", "2")), tests, runs,
        List.of(
            new Attachment("app-1.log", "files/app-1.log", ""),
            new Attachment("access.log", "files/access.log", "it could not be copied")));
  }

  static Findings failed() {
    return findings(
        List.of(
            new Findings.Test("answers are spread evenly", Verdict.PASS, ""),
            new Findings.Test("a killed instance loses nothing", Verdict.FAIL, "expected nothing to be lost"),
            new Findings.Test("p99 is low", Verdict.INCONCLUSIVE, "too few requests")),
        List.of(killed()));
  }

  /** What comes from outside is hostile everywhere. */
  static Findings hostile() {
    RunFigures run = run(HOSTILE, List.of(HOSTILE));
    Map<String, Integer> counts = Map.of(HOSTILE, 2000);
    List<Event> events = List.of(new Event(Duration.ofSeconds(1), HOSTILE, "killed " + HOSTILE));
    List<TimeSlice> slices = run.slices().stream()
        .map(slice -> new TimeSlice(
            slice.from(), slice.to(), slice.ok(), slice.bad(), slice.timed(), slice.p50(), slice.p99(), slice.max(),
            counts))
        .toList();
    RunFigures hostile = new RunFigures(
        HOSTILE, HOSTILE, HOSTILE, run.open(), run.scheduled(), run.startedAt(), run.duration(), run.counts(),
        run.throughput(), HOSTILE, run.service(), run.response(), run.lateness(), counts, counts,
        List.of(new Window(HOSTILE, Duration.ofSeconds(1), Duration.ofSeconds(2))), events,
        Nodes.lanes(counts.keySet(), events, run.duration()), run.slice(), slices,
        Map.of(HOSTILE, Duration.ofMillis(5)), run.calibration(), run.noise(), List.of(HOSTILE), 0);
    return new Findings(
        HOSTILE, ZonedDateTime.parse("2026-11-23T18:02:33Z"), Map.of(HOSTILE, HOSTILE),
        List.of(
            new Findings.Test(HOSTILE, Verdict.FAIL, HOSTILE + "\n" + HOSTILE.repeat(20)),
            new Findings.Test(HOSTILE, Verdict.PASS, HOSTILE)),
        List.of(hostile, hostile), List.of(new Attachment(HOSTILE, "files/unnamed", HOSTILE)));
  }

  private static Exchange exchange(int number) {
    boolean lost = number >= 600 && number < 610;
    boolean second = number % 2 == 1 || (number >= 610 && number < 1370);
    Duration due = Duration.ofMillis(5L * number);
    Exchange.Draft draft = Exchange.of("run", number, 0).request("GET /", "GET", "/").start(due, due);
    Duration end = due.plusMillis(3);
    return lost
        ? draft.ended(end, new Outcome.BadStatus(502, true))
        : draft.answered(end, second ? "app-2" : "app-1").ended(end, new Outcome.Ok());
  }

  /** So many times from one unit of milliseconds to two. */
  private static Distribution times(int count, double unit) {
    return Distribution.of(LongStream.rangeClosed(1, count).map(i -> (long) (unit * 1e6 * (1 + i / (double) count))));
  }
}
