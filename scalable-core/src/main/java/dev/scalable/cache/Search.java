package dev.scalable.cache;

import dev.scalable.redis.Redis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the values of flights come from: Redis has them, or they are loaded by whoever gets the lease. One way for one
 * key and for many, for a read, a refresh, and a refresh ahead of time, so that no load escapes the fence.
 *
 * @param <K> type of the key
 * @param <V> type of the value
 */
final class Search<K, V> {

  private static final Logger log = LoggerFactory.getLogger(Search.class);

  private static final Duration FIRST_WAIT = Duration.ofMillis(5);
  private static final Duration LONGEST_WAIT = Duration.ofMillis(40);

  private final String name;
  private final FarTier<V> far;
  private final Source<K, V> source;
  private final Loads loads;
  private final Landing<K, V> landing;
  private final Freshness freshness;
  private final InvalidationLog invalidations;
  private final Host host;
  private final Validity validity;
  private final Counts counts;

  Search(String name, FarTier<V> far, Source<K, V> source, Loads loads, Landing<K, V> landing, Freshness freshness,
      InvalidationLog invalidations, Counts counts) {
    this.name = name;
    this.far = far;
    this.source = source;
    this.loads = loads;
    this.landing = landing;
    this.freshness = freshness;
    this.invalidations = invalidations;
    this.host = invalidations.host();
    this.validity = invalidations.validity();
    this.counts = counts;
  }

  /**
   * Sees to it that each flight lands: now, or when its load has ended. Whatever fails reaches those who wait for the
   * flights.
   *
   * @param newerThan what is fresh until then in Redis is not taken; 0 for whatever is fresh now
   * @throws InterruptedException if this thread was; flights that are not being loaded by then were abandoned
   */
  void begin(List<Trip<K, V>> trips, long newerThan) throws InterruptedException {
    // What has found its way leaves this set.
    Set<Trip<K, V>> open = new LinkedHashSet<>(trips);
    try {
      search(open, newerThan);
    } catch (InterruptedException e) {
      open.forEach(landing::abandoned);
      throw e;
    } catch (RuntimeException | Error e) {
      open.forEach(trip -> landing.failed(trip, e));
    }
  }

  private void search(Set<Trip<K, V>> open, long newerThan) throws InterruptedException {
    Set<Trip<K, V>> pending = new LinkedHashSet<>();
    for (Trip<K, V> trip : open) {
      // Asked only now that the place is taken: whoever makes the key pending after this answer removes the place.
      if (invalidations.pending(name, trip.text())) {
        pending.add(trip);
      }
    }
    loadPast(pending, open);
    try {
      if (newerThan == 0) {
        take(open);
      }
      lease(open, newerThan);
    } catch (Redis.Unavailable e) {
      log.debug("Cache {}: {} keys are read from their source: {}", name, open.size(), e.getMessage());
      loadPast(new LinkedHashSet<>(open), open);
    }
  }

  /** Takes what is fresh in Redis. */
  private void take(Set<Trip<K, V>> open) {
    if (open.isEmpty()) {
      return;
    }
    List<Trip<K, V>> asked = List.copyOf(open);
    List<Optional<FarTier.Found<V>>> found =
        far.get(texts(asked), validity.farNow(), validity.holds(host.nanoTime()));
    for (int i = 0; i < asked.size(); i++) {
      if (found.get(i).isPresent()) {
        counts.farHits.increment();
        open.remove(asked.get(i));
        landing.found(asked.get(i), found.get(i).get());
      }
    }
  }

  /** Gets a lease for each key and begins its load, or waits for whoever has it. */
  private void lease(Set<Trip<K, V>> open, long newerThan) throws InterruptedException {
    long began = host.nanoTime();
    long soft = freshness.softTimeout() == null ? Long.MAX_VALUE : freshness.softTimeout().toNanos();
    // Twice: who has the lease may die and leave it to lapse, and whoever gets it then needs the same time again.
    long patience = far.leaseTime().multipliedBy(2).toNanos();
    boolean placed = false;
    Duration wait = FIRST_WAIT;
    try {
      while (!open.isEmpty()) {
        List<Arrival<K, V>> granted = new ArrayList<>();
        Set<Trip<K, V>> waitedEnough = new LinkedHashSet<>();
        List<Trip<K, V>> asked = List.copyOf(open);
        List<FarTier.Reply<V>> replies = far.lease(texts(asked), newerThan);
        long waited = host.nanoTime() - began;
        for (int i = 0; i < asked.size(); i++) {
          Trip<K, V> trip = asked.get(i);
          switch (replies.get(i)) {
            case FarTier.Reply.Fresh<V> fresh -> {
              counts.farHits.increment();
              open.remove(trip);
              landing.found(trip, fresh.found());
            }
            case FarTier.Reply.Granted<V> grant -> granted.add(arrival(trip, grant));
            case FarTier.Reply.Busy<V> busy -> {
              boolean over = waited > patience;
              if (freshness.keepsStale() && busy.stale() != null && (busy.resting() || waited >= soft || over)) {
                open.remove(trip);
                landing.stale(trip, busy.stale());
              } else if (over) {
                waitedEnough.add(trip);
              }
            }
          }
        }
        loadPast(waitedEnough, open);
        if (!granted.isEmpty()) {
          if (placed || loads.enter()) {
            placed = false;
            start(granted, open);
          } else {
            // Others may have a place while this instance has none.
            far.release(leases(granted), false);
            placed = loads.awaitPlace();
            if (!placed) {
              refuse(granted, open);
            }
            // Asked again at once, with a place.
            continue;
          }
        }
        if (placed) {
          loads.leave();
          placed = false;
        }
        if (!open.isEmpty()) {
          host.sleep(wait);
          wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
        }
      }
    } finally {
      if (placed) {
        loads.leave();
      }
    }
  }

  private Arrival<K, V> arrival(Trip<K, V> trip, FarTier.Reply.Granted<V> grant) {
    if (freshness.keepsStale()) {
      trip.flight().stale(grant.stale());
    }
    return new Arrival<>(trip, grant.lease(), grant.stale());
  }

  /** There was no place for these in time. */
  private void refuse(List<Arrival<K, V>> arrivals, Set<Trip<K, V>> open) {
    counts.refused.add(arrivals.size());
    arrivals.forEach(arrival -> open.remove(arrival.trip()));
    landing.failed(arrivals, loads.full(what(arrivals)));
  }

  /** Loads what Redis is not to be asked for, and keeps nothing of it. */
  private void loadPast(Set<Trip<K, V>> trips, Set<Trip<K, V>> open) throws InterruptedException {
    if (trips.isEmpty()) {
      return;
    }
    List<Arrival<K, V>> arrivals = new ArrayList<>();
    trips.forEach(trip -> arrivals.add(new Arrival<>(trip, null, null)));
    if (loads.enter() || loads.awaitPlace()) {
      counts.bypassed.add(trips.size());
      start(arrivals, open);
    } else {
      refuse(arrivals, open);
    }
  }

  /**
   * Begins one refresh ahead of time, or does not, if somebody else is at it or this instance has enough to load.
   *
   * @param newerThan until when the value is fresh in Redis that is to be replaced
   */
  void refresh(Trip<K, V> trip, long newerThan) {
    if (invalidations.pending(name, trip.text())) {
      return;
    }
    try {
      switch (far.lease(List.of(trip.text()), newerThan).getFirst()) {
        case FarTier.Reply.Fresh<V> fresh -> landing.found(trip, fresh.found());
        case FarTier.Reply.Granted<V> grant -> {
          if (loads.enter()) {
            start(List.of(new Arrival<>(trip, grant.lease(), grant.stale())), new LinkedHashSet<>());
          } else {
            far.release(List.of(grant.lease()), false);
          }
        }
        case FarTier.Reply.Busy<V> busy -> { }
      }
    } catch (Redis.Unavailable e) {
      log.debug("Cache {}: {} is not refreshed: {}", name, trip.text(), e.getMessage());
    }
  }

  /** Begins to load, in a place that this thread has. */
  private void start(List<Arrival<K, V>> arrivals, Set<Trip<K, V>> open) {
    Map<K, Loaded.Context<V>> wanted = new LinkedHashMap<>();
    for (Arrival<K, V> arrival : arrivals) {
      FarTier.Found<V> stale = arrival.stale();
      wanted.put(arrival.trip().key(), new Loaded.Context<>(stale == null ? null : stale.value(), loads.timeout()));
      open.remove(arrival.trip());
    }
    counts.loads.add(arrivals.size());
    loads.start(() -> source.load(wanted), what(arrivals), new Loads.Ending<>() {
      @Override
      public void loaded(Map<K, Loaded<V>> results, long nanos) {
        land(arrivals, results, nanos / arrivals.size());
      }

      @Override
      public void failed(Throwable failure) {
        if (failure instanceof CacheLoadTimeout) {
          counts.timeouts.add(arrivals.size());
        }
        landing.failed(arrivals, failure);
      }
    });
  }

  private void land(List<Arrival<K, V>> arrivals, Map<K, Loaded<V>> results, long nanos) {
    List<Arrival<K, V>> kept = new ArrayList<>();
    List<FarTier.Fill> fills = new ArrayList<>();
    for (Arrival<K, V> arrival : arrivals) {
      try {
        Loaded<V> result = results.get(arrival.trip().key());
        if (result == null) {
          throw new IllegalStateException("Cache " + name + ": the loader has returned null for " + arrival.trip().key()
              + "; a key without a value is Absent");
        }
        FarTier.Fill fill = landing.answer(arrival, result, nanos);
        if (fill != null) {
          kept.add(arrival);
          fills.add(fill);
        }
      } catch (RuntimeException e) {
        // It cannot be written, for example.
        landing.failed(List.of(arrival), e);
      }
    }
    landing.store(kept, fills);
  }

  private String what(List<Arrival<K, V>> arrivals) {
    String first = "Cache " + name + ": " + arrivals.getFirst().trip().key();
    return arrivals.size() == 1 ? first : first + " and " + (arrivals.size() - 1) + " more";
  }

  private static <K, V> List<FarTier.Lease> leases(List<Arrival<K, V>> arrivals) {
    return arrivals.stream().flatMap(arrival -> Stream.ofNullable(arrival.lease())).toList();
  }

  private List<String> texts(List<Trip<K, V>> trips) {
    return trips.stream().map(Trip::text).toList();
  }
}
