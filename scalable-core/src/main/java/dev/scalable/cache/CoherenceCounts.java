package dev.scalable.cache;

import dev.scalable.check.SharedState;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** What has been done on this instance since its start to keep caches coherent. */
@Singleton
@SharedState("counts of this instance")
final class CoherenceCounts {

  /** Who has sent an invalidation. */
  enum Origin {
    /** This instance. */
    LOCAL,
    /** Another one, or the relay of any. */
    REMOTE,
    /** The relay of this instance. */
    RELAY
  }

  private final Map<Origin, LongAdder> invalidations = adders(Origin.class);
  private final Map<Resync, LongAdder> resyncs = adders(Resync.class);
  private final LongAdder applied = new LongAdder();
  private final LongAdder travelledMillis = new LongAdder();

  @Inject
  CoherenceCounts() {}

  private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
    Map<E, LongAdder> adders = new EnumMap<>(type);
    for (E each : type.getEnumConstants()) {
      adders.put(each, new LongAdder());
    }
    return Map.copyOf(adders);
  }

  /** Counts keys; all keys of a cache count as one. */
  void invalidated(Origin origin, int keys) {
    of(invalidations, origin).add(Math.max(1, keys));
  }

  /** An entry of another instance was applied, so long after Redis had written it down. */
  void applied(long millis) {
    applied.increment();
    travelledMillis.add(Math.max(0, millis));
  }

  long applied() {
    return applied.sum();
  }

  Duration travelled() {
    return Duration.ofMillis(travelledMillis.sum());
  }

  void resynced(Resync cause) {
    of(resyncs, cause).increment();
  }

  private static <E> LongAdder of(Map<E, LongAdder> adders, E one) {
    LongAdder found = adders.get(one);
    if (found == null) {
      throw new IllegalStateException("Nobody counts " + one);
    }
    return found;
  }

  Map<String, Long> invalidations() {
    return snapshot(invalidations);
  }

  Map<String, Long> resyncs() {
    return snapshot(resyncs);
  }

  private static <E extends Enum<E>> Map<String, Long> snapshot(Map<E, LongAdder> adders) {
    Map<String, Long> sums = new TreeMap<>();
    adders.forEach((one, sum) -> sums.put(one.name().toLowerCase(Locale.ROOT), sum.sum()));
    return sums;
  }
}
