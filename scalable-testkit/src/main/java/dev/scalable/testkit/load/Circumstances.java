package dev.scalable.testkit.load;

import static java.util.Objects.requireNonNull;

import dev.scalable.testkit.history.Event;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.noise.Noise;
import dev.scalable.testkit.noise.NoiseMeter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is looked at right before and right after a run, and what the machine does in between. It is made before the
 * run, whose time the making of a calibration is none of. For one thread.
 */
final class Circumstances implements AutoCloseable {
  private final Plan plan;
  private final List<String> expected;
  private final int freePlaces;
  private final @Nullable Calibration calibration;
  private @Nullable NoiseMeter meter;
  private Map<String, Duration> cpu = Map.of();
  private Instant startedAt = Instant.now();
  private Duration moment = Duration.ZERO;
  private List<Event> events = List.of();
  private String warmUp = "";

  Circumstances(Plan plan) {
    this.plan = plan;
    this.expected = List.copyOf(plan.instances().get());
    this.freePlaces = plan.surroundings().freePlaces().getAsInt();
    Supplier<Calibration> known = plan.surroundings().calibration();
    this.calibration = known == null ? null : known.get();
  }

  /** The requests are about to begin. */
  void begin(String warmUpTold) {
    warmUp = warmUpTold;
    cpu = cpu();
    meter = NoiseMeter.start();
    startedAt = Instant.now();
    moment = plan.surroundings().timeline().now();
  }

  /** The last request has ended. */
  void end() {
    close();
    events = plan.surroundings().timeline().since(moment);
    Map<String, Duration> used = new TreeMap<>();
    // A node that was started anew begins at zero: what it used before its end is not known.
    cpu().forEach((node, now) -> {
      Duration before = cpu.getOrDefault(node, Duration.ZERO);
      used.put(node, now.compareTo(before) < 0 ? now : now.minus(before));
    });
    cpu = used;
  }

  LoadResult result(Stream<Exchange> exchanges, List<Fault> faults) {
    Noise noise = requireNonNull(meter, "the run had no beginning").stop();
    return new LoadResult(new Account(
        plan.name(), plan.model(), startedAt, exchanges.sorted(Exchange.byStart()).toList(), faults, events, expected,
        freePlaces, warmUp, cpu, noise, calibration, plan.surroundings().recalibration(), plan.surroundings().report()));
  }

  /** Stops to watch the machine, if that is still done. */
  @Override
  public void close() {
    if (meter != null) {
      meter.stop();
    }
  }

  private Map<String, Duration> cpu() {
    Map<String, Duration> all = new TreeMap<>(plan.surroundings().cpu().get());
    ProcessHandle.current().info().totalCpuDuration().ifPresent(own -> all.putIfAbsent("client", own));
    return all;
  }
}
