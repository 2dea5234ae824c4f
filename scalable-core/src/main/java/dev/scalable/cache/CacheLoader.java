package dev.scalable.cache;

import org.jspecify.annotations.Nullable;

/**
 * Loads the value of a key on a miss, from a source that shows every committed change: with
 * {@link dev.scalable.db.Db#readPrimary} and not with {@code read}, which may be done on a replica, nor from within a
 * transaction that began earlier. What a replica has missed would be kept until the value expires. Called from many
 * threads.
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
}
