package dev.scalable.cache;

import dev.scalable.check.SharedState;
import dev.scalable.db.Db;
import dev.scalable.http.JsonCodec;
import dev.scalable.redis.Redis;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes the caches of a service. Inject it into the provider of a {@link TwoTierCache}. Safe for use by many threads.
 */
@Singleton
@SharedState("names that are given at start, the same on every instance")
public final class Caches {

  private final Redis redis;
  private final CacheSettings settings;
  private final JsonCodec json;
  private final InvalidationLog invalidations;
  private final Loads loads;
  private final Db db;
  private final Relay relay;
  private final CoherenceCounts coherence;
  private final Map<String, Counts> counts = new ConcurrentHashMap<>();

  @Inject
  Caches(Redis redis, CacheSettings settings, JsonCodec json, InvalidationLog invalidations, Db db, Relay relay,
      CoherenceCounts coherence) {
    this.redis = redis;
    this.settings = settings;
    this.json = json;
    this.invalidations = invalidations;
    this.loads = new Loads(invalidations.host(), settings.maxLoads(), settings.loadTimeout());
    this.db = db;
    this.relay = relay;
    this.coherence = coherence;
  }

  /**
   * Begins a cache.
   *
   * @param name its name, the same on every instance and in every version of the service that shares its values;
   *     letters, digits, {@code .}, {@code _} and {@code -}
   * @param key type of the key: Long, Integer, String or UUID
   * @param value type of the value, written as JSON into Redis unless {@link CacheBuilder#codec} says otherwise
   * @throws IllegalArgumentException if a cache of this name exists, the name has another character, or the key is of
   *     another type
   */
  public <K, V> CacheBuilder<K, V> named(String name, Class<K> key, Class<V> value) {
    if (!name.matches("[A-Za-z0-9._-]+")) {
      // With a colon in it, the cache "a:b" could have the value that a client's key "b:..." has in the cache "a".
      throw new IllegalArgumentException("A cache's name has letters, digits, '.', '_' and '-', but this one has"
          + " others: \"" + name + "\"");
    }
    KeyText<K> keys = KeyText.of(key);
    Counts mine = new Counts();
    if (counts.putIfAbsent(name, mine) != null) {
      throw new IllegalArgumentException("There is a cache called " + name + " already; two would overwrite each other's values");
    }
    return new CacheBuilder<>(name, keys, new JsonValues<>(value, json), this, mine);
  }

  Redis redis() {
    return redis;
  }

  CacheSettings settings() {
    return settings;
  }

  InvalidationLog invalidations() {
    return invalidations;
  }

  Loads loads() {
    return loads;
  }

  Db db() {
    return db;
  }

  /** The names of all caches that were begun so far; a copy. */
  public Set<String> names() {
    return Set.copyOf(counts.keySet());
  }

  /**
   * What a cache has done since the start, on this instance.
   *
   * @param name a name of {@link #names()}
   * @throws IllegalArgumentException if there is no such cache
   */
  public CacheStats stats(String name) {
    Counts found = counts.get(name);
    if (found == null) {
      throw new IllegalArgumentException("There is no cache called " + name + ", only " + names());
    }
    return found.snapshot();
  }

  /**
   * How many invalidations Redis has not acknowledged yet: other instances may serve the old values of as many keys.
   */
  public int pendingInvalidations() {
    return invalidations.pending();
  }

  /** Whether values in the heap may be served: it is proven that every invalidation has been applied to them. */
  public boolean nearTierServes() {
    Validity validity = invalidations.validity();
    return validity.holds(validity.now());
  }

  /** What has been done on this instance to keep all caches coherent, and what is left to do. */
  public Coherence coherence() {
    OutboxRows.Backlog backlog = relay.backlog();
    return new Coherence(coherence.invalidations(), coherence.resyncs(), backlog.waiting(),
        Duration.ofMillis((long) (backlog.oldestSeconds() * 1_000)), coherence.applied(), coherence.travelled());
  }

  /**
   * What keeps caches coherent, in figures.
   *
   * @param invalidations keys that were invalidated since the start, by who has sent that: {@code local} this instance,
   *     {@code remote} another one, {@code relay} this one in another's stead; all keys of a cache count as one. Every
   *     origin is in it
   * @param resyncs how often this instance has emptied its heap since the start because invalidations may be missing,
   *     by cause: {@code gap}, {@code trimmed}, {@code split}, {@code epoch}, {@code regress}, {@code failover}, {@code
   *     error}; all are in it
   * @param announced invalidations that were announced in transactions of any instance and that Redis is not known to
   *     have taken, as this instance has seen them within the last second; counted up to 10 000. What was announced
   *     less than about a second ago is one of these
   * @param oldest the age of the oldest of those; zero if there is none
   * @param applied entries of the log, written by others, that this instance has applied since the start
   * @param travelled how long after Redis had written them down, all together; to the millisecond, and as exact as
   *     Redis' clock is known here, which is within a round trip
   */
  public record Coherence(Map<String, Long> invalidations, Map<String, Long> resyncs, long announced, Duration oldest,
      long applied, Duration travelled) {

    /** Keeps copies. */
    public Coherence {
      invalidations = Map.copyOf(invalidations);
      resyncs = Map.copyOf(resyncs);
    }
  }
}
