package dev.scalable.cache;

import dev.scalable.redis.Redis;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says how a cache behaves, and builds it. Not safe for use by many threads.
 *
 * @param <K> type of the key
 * @param <V> type of the value
 */
public final class CacheBuilder<K, V> {

  private static final Duration ABSENT = Duration.ofSeconds(30);

  private final String name;
  private final KeyText<K> keys;
  private final Payload<V> payload;
  private final Redis redis;
  private final CacheSettings settings;
  private final InvalidationLog invalidations;
  private final Counts counts;

  private @Nullable Duration ttl;
  private Duration absentTtl = ABSENT;
  private long maximumSize = 10_000;

  CacheBuilder(String name, KeyText<K> keys, Payload<V> payload, Redis redis, CacheSettings settings,
      InvalidationLog invalidations, Counts counts) {
    this.name = name;
    this.keys = keys;
    this.payload = payload;
    this.redis = redis;
    this.settings = settings;
    this.invalidations = invalidations;
    this.counts = counts;
  }

  /**
   * Sets for how long a value is served after it was loaded; required, since no default is right. Each value's time is shortened
   * at random by up to a tenth, so that what was loaded together does not expire together.
   *
   * @param span the time, at least 1 ms
   */
  public CacheBuilder<K, V> expireAfterWrite(Duration span) {
    ttl = positive("expireAfterWrite", span);
    return this;
  }

  /**
   * Sets for how long it is remembered that a key has no value; 30 s unless set. Whoever creates the value must invalidate its key.
   *
   * @param span the time, at least 1 ms
   */
  public CacheBuilder<K, V> expireAbsentAfter(Duration span) {
    absentTtl = positive("expireAbsentAfter", span);
    return this;
  }

  /**
   * Sets how many values are kept in the heap; 10 000 unless set.
   *
   * @param values most values
   */
  public CacheBuilder<K, V> maximumSize(long values) {
    if (values < 0) {
      throw new IllegalArgumentException("Cache " + name + ": maximumSize is " + values + ", less than nothing");
    }
    maximumSize = values;
    return this;
  }

  /**
   * Builds the cache.
   *
   * @param loader loads a value on a miss
   * @throws IllegalStateException if {@link #expireAfterWrite} was not set
   */
  public TwoTierCache<K, V> build(CacheLoader<K, V> loader) {
    if (ttl == null) {
      throw new IllegalStateException("Cache " + name + ": expireAfterWrite is not set, and no default would be right");
    }
    FarTier<V> far = new FarTier<>(name, payload, redis, settings, ttl, absentTtl);
    NearTier<K, V> near = new NearTier<>(maximumSize, ttl, invalidations.validity());
    LeasedCache<K, V> cache = new LeasedCache<>(name, keys, near, far, loader, invalidations,
        settings.loadTimeout(), counts);
    invalidations.register(name, cache);
    return cache;
  }

  private Duration positive(String option, Duration span) {
    if (span.toMillis() < 1) {
      throw new IllegalArgumentException("Cache " + name + ": " + option + " is " + span + ", less than 1 ms");
    }
    return span;
  }
}
