package dev.scalable.cache;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Loads the value of a key on a miss, from a source that shows every committed change: with
 * {@link dev.scalable.db.Db#readPrimary} and not with {@code read}, which may be done on a replica, nor from within a
 * transaction that began earlier. What a replica has missed would be kept until the value expires.
 *
 * <p>It runs on a thread of the cache's own, for all who wait for the value, with the diagnostic context (MDC) of the
 * first of them and no other thread-local state. After {@code SCALABLE_CACHE_LOAD_TIMEOUT} that thread is interrupted
 * and its result no longer wanted. Called from many threads, of which {@code SCALABLE_CACHE_MAX_LOADS} at a time.
 *
 * @param <K> type of the key
 * @param <V> type of the value
 */
@FunctionalInterface
public interface CacheLoader<K, V> {

  /**
   * Loads one value.
   *
   * @param key the key
   * @return the value, immutable; null when the key has none
   * @throws Exception if it cannot be loaded; the caller gets it and nothing is cached
   */
  @Nullable V load(K key) throws Exception;

  /**
   * Loads the values of several keys at once, under the same rules.
   *
   * @param <K> type of the key
   * @param <V> type of the value
   */
  @FunctionalInterface
  interface Many<K, V> {

    /**
     * Loads values.
     *
     * @param keys the keys, at least two
     * @return the values, immutable; a key that is not in it has none
     * @throws Exception if they cannot be loaded; the caller gets it and nothing is cached
     */
    Map<K, V> loadAll(Set<K> keys) throws Exception;
  }
}
