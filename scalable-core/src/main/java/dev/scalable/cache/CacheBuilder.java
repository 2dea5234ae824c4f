package dev.scalable.cache;

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
  private static final int COMPRESSED = 32 * 1024;

  private final String name;
  private final KeyText<K> keys;
  private final Caches caches;
  private final Counts counts;

  private Codec<V> codec;
  private @Nullable Duration ttl;
  private Duration absentTtl = ABSENT;
  private Duration stale = Duration.ZERO;
  private @Nullable Duration softTimeout;
  private double eagerness = 1;
  private int compressAbove = COMPRESSED;
  private long maximumSize = 10_000;

  CacheBuilder(String name, KeyText<K> keys, Codec<V> codec, Caches caches, Counts counts) {
    this.name = name;
    this.keys = keys;
    this.codec = codec;
    this.caches = caches;
    this.counts = counts;
  }

  /**
   * Sets for how long a value is served after it was loaded; required, since no default is right. Each value's time is
   * shortened at random by up to a tenth, so that what was loaded together does not expire together.
   *
   * @param span the time, at least 1 ms
   */
  public CacheBuilder<K, V> expireAfterWrite(Duration span) {
    ttl = positive("expireAfterWrite", span);
    return this;
  }

  /**
   * Sets for how long it is remembered that a key has no value; 30 s unless set. Whoever creates the value must
   * invalidate its key.
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
   * Sets for how long a value is kept after it has expired, for when it cannot be loaded: then it is served instead of
   * the failure, and the source left alone for a second. Not set, it is not kept. What was invalidated is never served
   * so.
   *
   * @param span the time, at least 1 ms
   */
  public CacheBuilder<K, V> staleIfError(Duration span) {
    stale = positive("staleIfError", span);
    return this;
  }

  /**
   * Sets for how long a caller waits for a load while there is a value that has expired: then it gets that one, and the
   * load goes on. Not set, it waits until the load has ended. Needs {@link #staleIfError}, which says for how long such
   * values are kept.
   *
   * @param span the time, at least 1 ms
   */
  public CacheBuilder<K, V> softTimeout(Duration span) {
    softTimeout = positive("softTimeout", span);
    return this;
  }

  /**
   * Sets how early a value in the heap that is still read is loaded anew, before it expires and somebody has to wait:
   * about so many times as long before its end as its load took, at a moment that differs by chance on each instance,
   * of which one loads; never earlier than half of {@link #expireAfterWrite}. 1 unless set; 0 for never.
   *
   * @param factor the factor, 0 to 100
   */
  public CacheBuilder<K, V> refreshAhead(double factor) {
    if (!(factor >= 0 && factor <= 100)) {
      throw new IllegalArgumentException("Cache " + name + ": refreshAhead is " + factor + ", not 0 to 100");
    }
    eagerness = factor;
    return this;
  }

  /**
   * Sets how values are written into Redis; as JSON unless set.
   *
   * @param values writes and reads them
   */
  public CacheBuilder<K, V> codec(Codec<V> values) {
    codec = values;
    return this;
  }

  /**
   * Sets the size above which a value is compressed in Redis (deflate); 32 KiB unless set. It saves memory and network
   * there, and costs about a millisecond of processor time for 100 KiB of JSON.
   *
   * @param bytes the size in bytes as the codec writes it; {@link Integer#MAX_VALUE} for never
   */
  public CacheBuilder<K, V> compressAbove(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("Cache " + name + ": compressAbove is " + bytes + ", less than nothing");
    }
    compressAbove = bytes;
    return this;
  }

  /**
   * Builds the cache.
   *
   * @param loader loads a value on a miss
   * @throws IllegalStateException if {@link #expireAfterWrite} was not set, or {@link #softTimeout} without {@link
   *     #staleIfError}
   */
  public TwoTierCache<K, V> build(CacheLoader<K, V> loader) {
    return build(new Source<>(loader, null, null));
  }

  /**
   * Builds the cache.
   *
   * @param one loads a value on a miss
   * @param many loads the values that {@link TwoTierCache#getAll} misses, two and more
   * @throws IllegalStateException as {@link #build(CacheLoader)}
   */
  public TwoTierCache<K, V> build(CacheLoader<K, V> one, CacheLoader.Many<K, V> many) {
    return build(new Source<>(one, null, many));
  }

  /**
   * Builds the cache.
   *
   * @param loader loads a value on a miss, and says for how long it is good
   * @throws IllegalStateException as {@link #build(CacheLoader)}
   */
  public TwoTierCache<K, V> build(Loaded.Loader<K, V> loader) {
    return build(new Source<>(null, loader, null));
  }

  private TwoTierCache<K, V> build(Source<K, V> source) {
    if (ttl == null) {
      throw new IllegalStateException("Cache " + name + ": expireAfterWrite is not set, and no default would be right");
    }
    Freshness freshness = new Freshness(ttl, absentTtl, stale, softTimeout, eagerness);
    if (softTimeout != null && !freshness.keepsStale()) {
      throw new IllegalStateException("Cache " + name + ": softTimeout is set and staleIfError is not, so there would"
          + " never be a value that has expired to serve");
    }
    InvalidationLog invalidations = caches.invalidations();
    FarTier<V> far = new FarTier<>(name, new Payload<>(codec, compressAbove, counts), caches.redis(), caches.settings(),
        freshness.keepsStale() || source.asksForStale(), invalidations.host());
    LeasedCache<K, V> cache = new LeasedCache<>(name, keys, far, source, freshness, maximumSize, caches.loads(),
        caches.db()::inTransaction, invalidations, counts);
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
