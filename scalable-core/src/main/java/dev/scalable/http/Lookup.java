package dev.scalable.http;

import org.jspecify.annotations.Nullable;

/**
 * Values by key of which some can be had at once. A route on a lookup answers a value at hand on the server's IO thread,
 * without a hop to another thread; only the others cost one. The two-tier cache is a lookup.
 *
 * <p>Implementations are safe for use by many threads.
 *
 * @param <K> type of the key
 * @param <V> type of the value
 */
public interface Lookup<K, V> {

  /**
   * The value, if it can be had without blocking.
   *
   * @param key the key
   * @return what is known of the key, which may be that it has no value; null when that is not known without blocking
   */
  @Nullable Found<V> peek(K key);

  /**
   * The value; may block to load it.
   *
   * @param key the key
   * @return the value, or null when the key has none
   */
  @Nullable V get(K key);

  /**
   * What a lookup knows of a key.
   *
   * @param <V> type of the value
   */
  interface Found<V> {

    /** The value, or null when it is known that the key has none. */
    @Nullable V value();
  }
}
