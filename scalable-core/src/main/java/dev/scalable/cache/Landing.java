package dev.scalable.cache;

import dev.scalable.cache.NearTier.Entry;
import dev.scalable.cache.NearTier.Flight;
import dev.scalable.redis.Redis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How flights end: what those who wait for a value get, and where it is kept.
 *
 * @param <K> type of the key
 * @param <V> type of the value
 */
final class Landing<K, V> {

  private static final Logger log = LoggerFactory.getLogger(Landing.class);

  private final String name;
  private final NearTier<K, V> near;
  private final FarTier<V> far;
  private final Freshness freshness;
  private final Host host;
  private final Validity validity;
  private final Counts counts;

  Landing(String name, NearTier<K, V> near, FarTier<V> far, Freshness freshness, Host host, Validity validity,
      Counts counts) {
    this.name = name;
    this.near = near;
    this.far = far;
    this.freshness = freshness;
    this.host = host;
    this.validity = validity;
    this.counts = counts;
  }

  /**
   * The flight was given up before anything was loaded, by a caller whose time was over: who waits for it begins anew.
   */
  static final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1;

    Abandoned() {
      super("given up by the caller who began it", null, false, false);
    }
  }

  /** Redis has the value. */
  void found(Trip<K, V> trip, FarTier.Found<V> found) {
    Flight<V> flight = trip.flight();
    flight.farUntil(found.freshUntil());
    long freshUntil = validity.near(found.freshUntil());
    flight.complete(new Entry<>(found.value(), flight.losses(), freshUntil,
        freshness.refreshAt(freshUntil, found.loadNanos(), host.chance())));
    Flight<V> replaced = flight.replaced();
    if (replaced != null) {
      near.replace(trip.key(), replaced, flight);
    }
  }

  /** A value for those who already wait, and for nobody later. */
  void passing(Trip<K, V> trip, @Nullable V value) {
    near.remove(trip.key(), trip.flight());
    trip.flight().complete(passing(value));
  }

  Entry<V> passing(@Nullable V value) {
    long now = host.nanoTime();
    return new Entry<>(value, validity.losses() - 1, now, now);
  }

  /** An expired value, where a new one cannot be had in time. */
  void stale(Trip<K, V> trip, FarTier.Found<V> stale) {
    counts.stale.increment();
    passing(trip, stale.value());
  }

  void failed(Trip<K, V> trip, Throwable failure) {
    near.remove(trip.key(), trip.flight());
    trip.flight().completeExceptionally(failure);
  }

  void abandoned(Trip<K, V> trip) {
    failed(trip, new Abandoned());
  }

  /**
   * Answers those who wait for a loaded value; a refresh has none.
   *
   * <p>They need not wait for Redis to take it: whether it does decides who gets it later, and an invalidation in
   * between removes it from the heap as any other.
   *
   * @return what is to be stored; null if nothing is
   */
  FarTier.@Nullable Fill answer(Arrival<K, V> arrival, Loaded<V> result, long loadNanos) {
    return switch (result) {
      case Loaded.Value<V> loaded -> answer(arrival, loaded.value(), loaded.ttl(), loadNanos);
      case Loaded.Absent<V> absent -> answer(arrival, null, absent.ttl(), loadNanos);
      case Loaded.Unchanged<V> unchanged -> {
        FarTier.Found<V> stale = arrival.stale();
        if (stale == null || stale.value() == null) {
          throw new IllegalStateException("Cache " + name + ": the loader says that " + arrival.trip().key()
              + " is unchanged, and was not given a value that it could mean: return Unchanged only where"
              + " Context.stale() is not null");
        }
        yield answer(arrival, stale.value(), null, loadNanos);
      }
      case Loaded.Uncached<V> uncached -> {
        passing(arrival.trip(), uncached.value());
        release(List.of(arrival), false);
        yield null;
      }
    };
  }

  private FarTier.@Nullable Fill answer(Arrival<K, V> arrival, @Nullable V value, @Nullable Duration ttl,
      long loadNanos) {
    FarTier.Lease lease = arrival.lease();
    if (lease == null) {
      passing(arrival.trip(), value);
      return null;
    }
    byte[] body = far.encode(value, loadNanos);
    long freshMillis = freshness.freshMillis(ttl, value == null, host.chance());
    // A little sooner than in Redis, whose time begins when it takes the value.
    long freshUntil = host.nanoTime() + freshMillis * 1_000_000;
    Flight<V> flight = arrival.trip().flight();
    flight.complete(new Entry<>(value, flight.losses(), freshUntil,
        freshness.refreshAt(freshUntil, loadNanos, host.chance())));
    flight.stale(null);
    return new FarTier.Fill(lease, body, freshMillis, freshness.keptMillis(freshMillis));
  }

  /** Stores what was loaded, if it may still be. */
  void store(List<Arrival<K, V>> arrivals, List<FarTier.Fill> fills) {
    if (fills.isEmpty()) {
      return;
    }
    List<Optional<Long>> stored;
    LongAdder refused = counts.fenced;
    try {
      stored = far.fill(fills);
    } catch (Redis.Unavailable e) {
      log.debug("Cache {}: {} values were loaded and not stored: {}", name, fills.size(), e.getMessage());
      stored = Collections.nCopies(fills.size(), Optional.empty());
      refused = counts.unstored;
    }
    for (int i = 0; i < arrivals.size(); i++) {
      settle(arrivals.get(i).trip(), stored.get(i));
      (stored.get(i).isPresent() ? counts.stored : refused).increment();
    }
  }

  /** Redis has taken a value, which is fresh there until then; or it has not. */
  private void settle(Trip<K, V> trip, Optional<Long> freshUntil) {
    Flight<V> flight = trip.flight();
    if (freshUntil.isEmpty()) {
      near.remove(trip.key(), flight);
      return;
    }
    flight.farUntil(freshUntil.get());
    Flight<V> replaced = flight.replaced();
    if (replaced != null) {
      counts.refreshed.increment();
      near.replace(trip.key(), replaced, flight);
    }
  }

  /**
   * A load has failed: those who wait get what has expired, where there is any that may be served, and else the
   * failure.
   */
  void failed(List<Arrival<K, V>> arrivals, Throwable failure) {
    List<Arrival<K, V>> served = new ArrayList<>();
    List<Arrival<K, V>> failed = new ArrayList<>();
    for (Arrival<K, V> arrival : arrivals) {
      Trip<K, V> trip = arrival.trip();
      FarTier.Found<V> stale = arrival.stale();
      if (trip.flight().replaced() != null) {
        log.warn("Cache {}: {} was not refreshed and is served until it expires: {}", name, trip.text(),
            failure.toString());
        failed.add(arrival);
      } else if (freshness.keepsStale() && stale != null) {
        log.warn("Cache {}: {} could not be loaded, and what has expired is served: {}", name, trip.text(),
            failure.toString());
        stale(trip, stale);
        served.add(arrival);
      } else {
        failed(trip, failure);
        failed.add(arrival);
      }
    }
    release(served, true);
    release(failed, false);
  }

  private void release(List<Arrival<K, V>> arrivals, boolean rests) {
    List<FarTier.Lease> leases = arrivals.stream().flatMap(arrival -> Stream.ofNullable(arrival.lease())).toList();
    if (leases.isEmpty()) {
      return;
    }
    try {
      far.release(leases, rests);
    } catch (Redis.Unavailable e) {
      log.debug("Cache {}: {} leases are left to lapse: {}", name, leases.size(), e.getMessage());
    }
  }
}
