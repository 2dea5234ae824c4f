package dev.scalable.cache;

import dev.scalable.db.Tx;
import dev.scalable.http.Lookup;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values by key, near in this instance's heap and far in Redis, loaded on a miss. Values must be immutable: every caller on this
 * instance gets the same object.
 *
 * <p>Coherence: after {@link #invalidate} has returned, this instance sees the change at once, another instance when the message
 * has travelled (about one round trip), and no instance serves the old value from its heap for longer than the validity bound
 * (2 s by default) after Redis has accepted the invalidation, whatever is lost. Failing to reach Redis never fails a call: reads
 * then go to the loader. An invalidation that Redis has not accepted is pending: this instance reads the key from the loader and
 * tries again until it succeeds, and other instances may serve the old value until then.
 *
 * <p>Safe for use by many threads; {@code get}, {@code getAll} and {@code getIfPresent} may block and belong on a handler thread,
 * {@code peek} never blocks.
 *
 * @param <K> type of the key
 * @param <V> type of the value
 */
public interface TwoTierCache<K, V> extends Lookup<K, V> {

  /**
   * The value, from the heap, from Redis, or loaded. While Redis can be reached, at most one load per key goes on in the cluster,
   * for as long as a load may take.
   *
   * <p>Where the cache says so, a value that has expired may be returned in place of one that cannot be loaded
   * ({@link CacheBuilder#staleIfError}) or not soon enough ({@link CacheBuilder#softTimeout}); never one that was invalidated before
   * this call.
   *
   * @param key the key
   * @return the value; null when the loader found none, which is cached as well
   * @throws RuntimeException what the loader threw, a checked exception wrapped in
   *     {@link java.lang.reflect.UndeclaredThrowableException}; nothing was cached then
   * @throws CacheLoadTimeout if the load did not end in time or could not begin, or this thread was interrupted meanwhile
   * @throws IllegalStateException on a thread that is in a transaction, whether or not the value is cached: a load would take a
   *     second connection while the first is held, and not see what the transaction has written
   */
  @Override
  @Nullable V get(K key);

  /**
   * The values of several keys, as {@link #get} would return them: what is not in the heap is asked of Redis in one round trip for 500
   * keys, and what is not there is loaded in one call of {@link CacheLoader.Many} where the cache has one, else one after the other in
   * one place. Each key is cached for itself; there is no moment at which all of the values were right together.
   *
   * @param keys the keys; one that is in it twice counts once
   * @return the values, in the order of the keys, the caller's own; a key without a value is not in it
   * @throws RuntimeException as {@link #get}, if any of them cannot be had; what could be loaded is cached nevertheless
   */
  Map<K, V> getAll(Collection<? extends K> keys);

  /**
   * The value if it is in the heap or in Redis; never loads. What is found in Redis is not kept in the heap. Blocks for at most one
   * answer of Redis.
   *
   * @param key the key
   * @return the value; null when it is not cached, when it is cached that there is none, and when Redis cannot be reached
   */
  @Nullable V getIfPresent(K key);

  /**
   * Loads a value anew, in the background, and replaces the cached one by it; until then, and if it cannot be loaded, that one stays
   * as it is. For what changes without anybody saying so: a change of which one knows is announced with {@link #invalidate}, which no
   * load that began before can undo. Does nothing if the key is being loaded anyway. Never blocks, and throws nothing.
   *
   * @param key the key
   */
  void refresh(K key);

  /**
   * Removes a value everywhere, and keeps loads that have already begun from bringing it back. For changes that have been
   * committed; a change still in a transaction is announced with {@link #invalidate(Tx, Object)}.
   *
   * @param key the key of what has changed
   */
  void invalidate(K key);

  /**
   * Removes a value everywhere as soon as the transaction has committed, or may have: when its outcome is unknown the value goes
   * too. A transaction that rolled back invalidates nothing.
   *
   * @param tx the transaction that changes what the value was loaded from
   * @param key the key of what it changes
   */
  void invalidate(Tx tx, K key);

  /** What this cache has done since the start, on this instance. */
  CacheStats stats();
}
