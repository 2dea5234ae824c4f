package dev.scalable.testkit.report;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.report.RunFigures.Counts;
import dev.scalable.testkit.report.RunFigures.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sums a load result up for the report: the only class of the report that knows what a load run is. */
final class RunReader {
  private static final int MOST_SLICES = 120;
  private static final int SHORTEST_SLICE_MILLIS = 10;

  private RunReader() {}

  static RunFigures read(LoadResult run, @Nullable String test) {
    Duration duration = run.duration();
    Duration slice = slice(duration);
    return new RunFigures(
        run.name(), test, run.model(), run.open(), scheduled(run), run.startedAt(), duration,
        new Counts(run.scheduled(), run.ok(), run.failed(), run.dropped(), run.indeterminate()),
        run.throughput(), run.confidence(),
        times(run, Exchange::serviceTime), times(run, Exchange::responseTime), lateness(run),
        outcomes(run), unmodifiable(run.byInstance()),
        run.faults().stream().map(fault -> new Window(fault.name(), fault.started(), fault.ended())).toList(),
        List.copyOf(run.timeline()), Nodes.lanes(run.byInstance().keySet(), run.timeline(), duration),
        slice, slices(run.exchanges(), duration, slice),
        cpu(run), run.calibration().orElse(null), run.noise(), run.validity().reasons(),
        run.open() ? 0 : pauseHidden(run));
  }

  private static boolean scheduled(LoadResult run) {
    return run.open() || run.exchanges().stream().anyMatch(each -> !each.intended().equals(each.start()));
  }

  /** The longest answer in mean gaps between two requests of one user. */
  private static double pauseHidden(LoadResult run) {
    long users = run.exchanges().stream().mapToInt(Exchange::user).distinct().count();
    double gap = run.duration().toNanos() * (double) users / Math.max(1, run.scheduled());
    return run.service().count() == 0 || gap == 0 ? 0 : run.service().max().toNanos() / gap;
  }

  /** The shortest round length of which there are not too many: 10 ms, 20, 50, 100 and so on. */
  static Duration slice(Duration duration) {
    double atLeast = Math.max(SHORTEST_SLICE_MILLIS, duration.toNanos() / 1e6 / MOST_SLICES);
    return Duration.ofMillis(Math.round(Scale.roundUp(atLeast)));
  }

  /**
   * Cuts a run. The last slice takes what is left, from half a slice to one and a half, since the rate of a sliver
   * would be a matter of chance. Answers belong to the slice in which they ended. Times belong to the one in which the
   * request was due: so a pause shows from where it began, and everyone who came during it is in the picture.
   */
  static List<TimeSlice> slices(List<Exchange> exchanges, Duration duration, Duration slice) {
    if (exchanges.isEmpty() || duration.isZero()) {
      return List.of();
    }
    int count = (int) Math.max(1, Math.round(duration.toNanos() / (double) slice.toNanos()));
    List<SliceSums> sums = Stream.generate(SliceSums::new).limit(count).toList();
    for (Exchange exchange : exchanges) {
      sums.get(index(exchange.end(), slice, count)).ended(exchange);
      if (exchange.fate() == Fate.OK) {
        sums.get(index(exchange.intended(), slice, count)).took(exchange.responseTime());
      }
    }
    List<TimeSlice> slices = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Duration to = i + 1 < count ? slice.multipliedBy(i + 1) : duration;
      slices.add(sums.get(i).slice(slice.multipliedBy(i), to));
    }
    return List.copyOf(slices);
  }

  private static int index(Duration at, Duration slice, int count) {
    return Math.clamp(at.toNanos() / slice.toNanos(), 0, count - 1);
  }

  private static Distribution times(LoadResult run, Function<Exchange, Duration> time) {
    return Distribution.of(run.exchanges().stream()
        .filter(exchange -> exchange.fate() == Fate.OK)
        .mapToLong(exchange -> time.apply(exchange).toNanos()));
  }

  private static Distribution lateness(LoadResult run) {
    return Distribution.of(run.exchanges().stream()
        .filter(exchange -> exchange.fate() != Fate.DROPPED)
        .mapToLong(exchange -> exchange.start().minus(exchange.intended()).toNanos()));
  }

  /** The client first, then the balancer, the instances, and what stands behind them. */
  private static Map<String, Duration> cpu(LoadResult run) {
    Map<String, Duration> ordered = new LinkedHashMap<>();
    Map<String, Duration> known = new TreeMap<>(run.cpu());
    Stream.concat(Stream.of("client", "nginx"), run.byInstance().keySet().stream())
        .filter(known::containsKey)
        .forEach(node -> ordered.put(node, known.getOrDefault(node, Duration.ZERO)));
    known.forEach(ordered::putIfAbsent);
    return Collections.unmodifiableMap(ordered);
  }

  /** Good answers first, then what happened most. */
  private static Map<String, Integer> outcomes(LoadResult run) {
    Map<String, Integer> ordered = new LinkedHashMap<>();
    run.byOutcome().entrySet().stream()
        .sorted(Comparator.comparing((Map.Entry<String, Integer> outcome) -> !outcome.getKey().equals("Ok"))
            .thenComparing(Map.Entry.comparingByValue(Comparator.reverseOrder())))
        .forEach(outcome -> ordered.put(outcome.getKey(), outcome.getValue()));
    return Collections.unmodifiableMap(ordered);
  }

  private static Map<String, Integer> unmodifiable(Map<String, Integer> counts) {
    return Collections.unmodifiableMap(new TreeMap<>(counts));
  }

  /** What is known of a slice while the requests are gone through. */
  private static final class SliceSums {
    private final Map<String, Integer> instances = new HashMap<>();
    private long[] times = new long[16];
    private int timed;
    private int ok;
    private int bad;

    void ended(Exchange exchange) {
      if (exchange.fate() == Fate.OK) {
        ok++;
      } else {
        bad++;
      }
      if (exchange.instance() != null) {
        instances.merge(exchange.instance(), 1, Integer::sum);
      }
    }

    void took(Duration time) {
      if (timed == times.length) {
        times = Arrays.copyOf(times, 2 * timed);
      }
      times[timed++] = time.toNanos();
    }

    TimeSlice slice(Duration from, Duration to) {
      Arrays.sort(times, 0, timed);
      return new TimeSlice(
          from, to, ok, bad, timed, rank(0.5), rank(0.99), rank(1),
          Collections.unmodifiableMap(new TreeMap<>(instances)));
    }

    private long rank(double share) {
      return timed == 0 ? 0 : times[(int) Math.ceil(share * timed) - 1];
    }
  }
}
