package dev.scalable.testkit.cluster;

import dev.scalable.testkit.load.Calibration;
import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What load generator and balancer can do on this machine without any app: measured before the first load that is
 * judged by it, and once more after it. One thread measures, and others that ask wait for what it finds.
 */
final class Calibrations {
  /** What a p99 needs. */
  private static final int LEAST = 1_000;
  private static final int WARM_UP = 2_000;
  private static final int USERS = 8;
  private static final Duration TIME = Duration.ofSeconds(1);
  private static final int WARM_UP_AGAIN = 400;
  private static final int ITERATIONS_AGAIN = 200;

  private final Supplier<Load> load;
  private @Nullable Calibration before;
  private @Nullable Calibration after;
  private boolean closed;

  /**
   * None so far.
   *
   * @param load begins a load that the balancer answers by itself
   */
  Calibrations(Supplier<Load> load) {
    this.load = load;
  }

  /** What could be done before the first load, measured now if it was not. */
  synchronized Calibration before() {
    Calibration known = before;
    if (known == null) {
      LoadResult result = load.get().name("calibration").warmUp(Load.requests(WARM_UP))
          .closed(Load.users(USERS).during(TIME)).run();
      if (result.ok() < LEAST) {
        // The machine stood still for most of that time. However long it takes now, it is what the machine can do.
        result = load.get().name("calibration, slowly")
            .closed(Load.users(USERS), Load.iterations(LEAST / USERS + 1)).run();
      }
      known = Calibration.of(result);
      before = known;
    }
    return known;
  }

  /** Shorter than the first time, as whoever judges a result waits for it; empty where there is nobody to ask. */
  synchronized Optional<Calibration> again() {
    Calibration first = before;
    if (first == null || closed) {
      return Optional.empty();
    }
    Optional<Calibration> again = measureAgain();
    if (again.isPresent() && !first.agreesWith(again.get())) {
      again = measureAgain(); // so short a time may have been somebody else's
    }
    again.ifPresent(measured -> after = measured);
    return again;
  }

  private Optional<Calibration> measureAgain() {
    LoadResult result = load.get().name("calibration again").warmUp(Load.requests(WARM_UP_AGAIN))
        .closed(Load.users(USERS), Load.iterations(ITERATIONS_AGAIN)).run();
    return result.ok() == result.scheduled() ? Optional.of(Calibration.of(result)) : Optional.empty();
  }

  /** What was measured, the first and the latest. */
  synchronized List<Calibration> all() {
    return Stream.of(before, after).flatMap(Stream::ofNullable).toList();
  }

  /** Measures nothing any more. */
  synchronized void close() {
    closed = true;
  }
}
