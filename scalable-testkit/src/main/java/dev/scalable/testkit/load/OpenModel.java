package dev.scalable.testkit.load;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An open model: requests come at times that are fixed before the run, whatever becomes of those before them, as they
 * do from users who know nothing of each other. What a slow system makes them wait counts: response times begin at the
 * scheduled moment (Schroeder, Wierman, Harchol-Balter: Open Versus Closed, NSDI 2006). Immutable.
 */
public final class OpenModel implements Model {
  private static final int MOST_IN_FLIGHT = 2_000;

  private final double perSecond;
  private final @Nullable Duration time;
  private final @Nullable Long seed;
  private final int maxInFlight;

  private OpenModel(double perSecond, @Nullable Duration time, @Nullable Long seed, int maxInFlight) {
    this.perSecond = perSecond;
    this.time = time;
    this.seed = seed;
    this.maxInFlight = maxInFlight;
  }

  /**
   * A number of arrivals that still lacks its unit.
   *
   * @param count how many, above 0
   */
  public record Rate(double count) {
    /** Returns the open model of so many arrivals per second, from 0.01 to 100,000. */
    public OpenModel perSecond() {
      if (!(count >= 0.01 && count <= 100_000)) {
        throw new IllegalArgumentException("a rate is between 0.01 and 100,000 per second, this is " + count);
      }
      return new OpenModel(count, null, null, MOST_IN_FLIGHT);
    }
  }

  /** Returns this model for so long: arrivals at equal distances, of which the first is at the start. */
  public OpenModel during(Duration newTime) {
    if (newTime.isNegative() || newTime.isZero()) {
      throw new IllegalArgumentException("a load lasts longer than nothing, this is " + newTime);
    }
    return new OpenModel(perSecond, newTime, seed, maxInFlight);
  }

  /**
   * Returns this model with arrivals at random, of the same rate in the mean: a Poisson process, as independent users
   * make it. The same seed gives the same schedule.
   */
  public OpenModel poisson(long newSeed) {
    return new OpenModel(perSecond, time, newSeed, maxInFlight);
  }

  /**
   * Returns this model with another limit of how many may wait for an answer at the same time; 2,000 if it is not
   * called. One who arrives then is counted as dropped, and the run is no valid one: the limit protects the machine of
   * the load generator, and a system that is so late has been seen to be.
   */
  public OpenModel maxInFlight(int most) {
    if (most < 1 || most > 20_000) {
      throw new IllegalArgumentException("the limit is between 1 and 20,000 requests in flight, this is " + most);
    }
    return new OpenModel(perSecond, time, seed, most);
  }

  int maxInFlight() {
    return maxInFlight;
  }

  /** The schedule, from its beginning. */
  Arrivals arrivals() {
    return new Arrivals(perSecond, seed);
  }

  @Override
  public boolean bounded() {
    return time != null;
  }

  /** Whether an arrival at that time, in nanoseconds since the start, belongs to what the model asks for. */
  boolean asksFor(long due) {
    return time != null && due < time.toNanos();
  }

  /** Returns rate, kind of arrivals, time and limit. */
  @Override
  public String toString() {
    String rate = new DecimalFormat("0.##", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(perSecond);
    return "open model, "
        + rate
        + " per second"
        + (seed == null ? "" : " at random (Poisson, seed " + seed + ")")
        + (time == null ? "" : " for " + time.toMillis() / 1e3 + " s")
        + ", at most "
        + maxInFlight
        + " in flight";
  }
}
