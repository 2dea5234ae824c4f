package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Event;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.noise.Noise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The result of a run that was not made but written down, for tests of what is concluded from results. */
public final class RecordedLoad {
  private static final Noise QUIET = new Noise(
      Duration.ofNanos(80_000), Duration.ofMillis(1), OptionalDouble.of(0), OptionalDouble.of(0.2),
      OptionalDouble.of(0.3), OptionalDouble.of(0.1), Duration.ZERO);

  private final Model model;
  private final List<Exchange> exchanges = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private List<Event> timeline = List.of();
  private List<String> expected = List.of();
  private int freePlaces;
  private Map<String, Duration> cpu = Map.of();
  private Noise noise = QUIET;
  private @Nullable Calibration calibration;
  private Supplier<Optional<Calibration>> recalibration = Optional::empty;

  private RecordedLoad(Model model) {
    this.model = model;
  }

  /** Begins a run of one user after another. */
  public static RecordedLoad closed() {
    return new RecordedLoad(Load.users(1).during(Duration.ofSeconds(1)));
  }

  /** Begins a run of users with a schedule each. */
  public static RecordedLoad paced(Duration pace) {
    return new RecordedLoad(Load.users(1).pace(pace).during(Duration.ofSeconds(1)));
  }

  /** Begins a run of an open model. */
  public static RecordedLoad open() {
    return new RecordedLoad(Load.rate(100).perSecond().during(Duration.ofSeconds(1)));
  }

  /** Adds a request. */
  public RecordedLoad exchange(Exchange exchange) {
    exchanges.add(exchange);
    return this;
  }

  /** Adds a fault. */
  public RecordedLoad fault(String name, Duration started, Duration ended) {
    faults.add(new Fault(name, started, ended));
    return this;
  }

  /** Says who was expected to answer. */
  public RecordedLoad expected(String... instances) {
    this.expected = List.of(instances);
    return this;
  }

  /** Says what happened to the nodes. */
  public RecordedLoad timeline(List<Event> events) {
    this.timeline = events;
    return this;
  }

  /** Says how much CPU time the nodes used. */
  public RecordedLoad cpu(Map<String, Duration> used) {
    this.cpu = used;
    return this;
  }

  /** Says what the machine did; it was quiet if this is not called. */
  public RecordedLoad noise(Noise seen) {
    this.noise = seen;
    return this;
  }

  /** Says what the machine can do. */
  public RecordedLoad calibration(Calibration known) {
    this.calibration = known;
    return this;
  }

  /** Says how what the machine can do is measured again. */
  public RecordedLoad recalibration(Supplier<Optional<Calibration>> again) {
    this.recalibration = again;
    return this;
  }

  /** Says how many places of the balancer are free. */
  public RecordedLoad freePlaces(int count) {
    freePlaces = count;
    return this;
  }

  /** Returns the result. */
  public LoadResult result() {
    return new LoadResult(new Account(
        "recorded", model, Instant.parse("2026-11-23T12:00:00Z"),
        exchanges.stream().sorted(Exchange.byStart()).toList(),
        faults.stream().sorted(Comparator.comparing(Fault::started)).toList(),
        timeline, expected, freePlaces, "", cpu, noise, calibration, recalibration, null));
  }
}
