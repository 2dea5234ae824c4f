package dev.scalable.cache;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How long the values of a cache are good for.
 *
 * @param ttl for how long a value is served
 * @param absentTtl for how long it is remembered that there is none
 * @param stale for how long after that an expired value is kept, for when the source fails; zero for not at all
 * @param softTimeout how long a caller waits where there is an expired value; null for until there is a new one
 * @param eagerness how early values are refreshed, as a factor; 0 for not before they have expired
 */
record Freshness(Duration ttl, Duration absentTtl, Duration stale, @Nullable Duration softTimeout, double eagerness) {

  boolean keepsStale() {
    return stale.toMillis() > 0;
  }

  /**
   * For how many ms a value that was just loaded is fresh: shortened at random, so that what was loaded together does
   * not expire so.
   */
  long freshMillis(@Nullable Duration own, boolean absent, RandomGenerator chance) {
    Duration base = own != null ? own : absent ? absentTtl : ttl;
    long millis = base.toMillis();
    return millis - chance.nextLong(millis / 10 + 1);
  }

  /** For how many ms Redis keeps a value that is fresh for so many. */
  long keptMillis(long freshMillis) {
    return freshMillis + stale.toMillis();
  }

  /**
   * When to refresh a value, in the time of {@link System#nanoTime()}; its end if not before.
   *
   * <p>The earlier the longer a load takes, and at a random moment, so that of many instances one is the first and the
   * others find what it has loaded (Vattani and others, Optimal Probabilistic Cache Stampede Prevention, VLDB 2015).
   * There each read draws; drawn once for each value it costs a comparison for each read. Never earlier than half of
   * the time to live before the end: a source that needs about as long would be asked without pause.
   */
  long refreshAt(long freshUntil, long loadNanos, RandomGenerator chance) {
    if (eagerness <= 0 || loadNanos <= 0) {
      return freshUntil;
    }
    double early = -Math.log(1 - chance.nextDouble()) * eagerness * loadNanos;
    return freshUntil - (long) Math.min(early, ttl.toNanos() / 2.0);
  }
}
