package dev.scalable.testkit.load;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The schedule of an open model, one arrival after the other. When each of them is follows from rate and seed alone, so
 * it is fixed before the run and nothing that happens in it can move it. For one thread at a time.
 */
final class Arrivals {
  private final double gapNanos;
  private final @Nullable Random random;
  private long count;
  private double at;

  Arrivals(double perSecond, @Nullable Long seed) {
    this.gapNanos = 1e9 / perSecond;
    this.random = seed == null ? null : new Random(seed);
    this.at = random == null ? 0 : gap(random);
  }

  /** When the next arrival is due, in nanoseconds since the start. */
  long due() {
    return (long) at;
  }

  /** Goes on to the arrival after. */
  void next() {
    count++;
    // Multiplied, not added up: a long run stays true to its rate.
    at = random == null ? count * gapNanos : at + gap(random);
  }

  /** The times between events of a Poisson process are exponentially distributed. */
  private double gap(Random source) {
    return -Math.log(1 - source.nextDouble()) * gapNanos;
  }
}
