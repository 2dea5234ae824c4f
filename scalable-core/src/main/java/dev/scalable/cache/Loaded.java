package dev.scalable.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Loader} has found, and how long it is good for.
 *
 * @param <V> type of the value
 */
public sealed interface Loaded<V> {

  /**
   * A value.
   *
   * @param value the value, immutable
   * @param ttl for how long it is served, at least 1 ms; null for what the cache's {@code expireAfterWrite} says
   */
  record Value<V>(V value, @Nullable Duration ttl) implements Loaded<V> {

    /** Refuses a time that is over before it begins. */
    public Value {
      positive(ttl);
    }

    /**
     * A value that is served for as long as the cache's {@code expireAfterWrite} says.
     *
     * @param value the value, immutable
     */
    public Value(V value) {
      this(value, null);
    }
  }

  /**
   * The key has no value, and that is remembered.
   *
   * @param ttl for how long, at least 1 ms; null for what the cache's {@code expireAbsentAfter} says
   */
  record Absent<V>(@Nullable Duration ttl) implements Loaded<V> {

    /** Refuses a time that is over before it begins. */
    public Absent {
      positive(ttl);
    }

    /** No value, for as long as the cache's {@code expireAbsentAfter} says. */
    public Absent() {
      this(null);
    }
  }

  /** The value of {@link Context#stale()} is still the right one, and is served as if it had just been loaded. */
  record Unchanged<V>() implements Loaded<V> {}

  /**
   * What is right for those who wait for it now, and is not cached.
   *
   * @param value the value, immutable; null if there is none
   */
  record Uncached<V>(@Nullable V value) implements Loaded<V> {}

  /**
   * What a loader may want to know.
   *
   * @param stale the value that was cached, when it has expired or is being refreshed: for a conditional request to its
   *     source. Null when there is none, also when it was invalidated. A value that has expired is only kept where the
   *     cache has {@link CacheBuilder#staleIfError}
   * @param timeout the time after which the load is interrupted and given up
   */
  record Context<V>(@Nullable V stale, Duration timeout) {}

  /**
   * Loads values and says for how long each is good, where a {@link CacheLoader} is too little. The same rules hold for
   * it.
   *
   * @param <K> type of the key
   * @param <V> type of the value
   */
  @FunctionalInterface
  interface Loader<K, V> {

    /**
     * Loads one value.
     *
     * @param key the key
     * @param context what was cached before, if anything
     * @return what was found
     * @throws Exception if it cannot be loaded
     */
    Loaded<V> load(K key, Context<V> context) throws Exception;
  }

  private static void positive(@Nullable Duration ttl) {
    if (ttl != null && ttl.toMillis() < 1) {
      throw new IllegalArgumentException("The time to live of a loaded value is " + ttl + ", less than 1 ms; use"
          + " Uncached for a value that must not be cached");
    }
  }
}
