package dev.scalable.cache;

import dev.scalable.db.Tx;
import dev.scalable.http.Lookup;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values by key, near in this instance's heap and far in Redis, loaded on a miss. Values must be immutable: every
 * caller on this instance gets the same object.
 *
 * <p>Coherence: after {@link #invalidate} has returned, this instance sees the change at once, another instance when
 * the message has travelled (about one round trip), and no instance serves the old value from its heap for longer than
 * the validity bound (2 s by default) after Redis has accepted the invalidation, whatever is lost. Failing to reach
 * Redis never fails a call: reads then go to the loader. An invalidation that Redis has not accepted is pending: this
 * instance reads the key from the loader and tries again until it succeeds, and other instances may serve the old value
 * until then. One that was announced in a transaction is also tried by the others, and outlives this instance and a
 * failover of Redis; one that was not is lost with either.
 *
 * <p>Safe for use by many threads; {@code get}, {@code getAll} and {@code getIfPresent} may block and belong on a
 * handler thread, {@code peek} never blocks.
 *
 * @param <K> type of the key
 * @param <V> type of the value
 */
public interface TwoTierCache<K, V> extends Lookup<K, V> {

  /**
   * The value, from the heap, from Redis, or loaded. While Redis can be reached, at most one load per key goes on in
   * the cluster, for as long as a load may take.
   *
   * <p>Where the cache says so, a value that has expired may be returned in place of one that cannot be loaded ({@link
   * CacheBuilder#staleIfError}) or not soon enough ({@link CacheBuilder#softTimeout}); never one that was invalidated
   * before this call.
   *
   * @param key the key
   * @return the value; null when the loader found none, which is cached as well
   * @throws RuntimeException what the loader threw, a checked exception wrapped in
   *     {@link java.lang.reflect.UndeclaredThrowableException}; nothing was cached then
   * @throws CacheLoadTimeout if the load did not end in time or could not begin, or this thread was interrupted
   *     meanwhile
   * @throws IllegalStateException on a thread that is in a transaction, whether or not the value is cached: a load
   *     would take a second connection while the first is held, and not see what the transaction has written
   */
  @Override
  @Nullable V get(K key);

  /**
   * The values of several keys, as {@link #get} would return them: what is not in the heap is asked of Redis in one
   * round trip for 500 keys, and what is not there is loaded in one call of {@link CacheLoader.Many} where the cache
   * has one, else one after the other in one place. Each key is cached for itself; there is no moment at which all of
   * the values were right together.
   *
   * @param keys the keys; one that is in it twice counts once
   * @return the values, in the order of the keys, the caller's own; a key without a value is not in it
   * @throws RuntimeException as {@link #get}, if any of them cannot be had; what could be loaded is cached nevertheless
   */
  Map<K, V> getAll(Collection<? extends K> keys);

  /**
   * The value if it is in the heap or in Redis; never loads. What is found in Redis is not kept in the heap. Blocks for
   * at most one answer of Redis.
   *
   * @param key the key
   * @return the value; null when it is not cached, when it is cached that there is none, and when Redis cannot be
   *     reached
   */
  @Nullable V getIfPresent(K key);

  /**
   * Loads a value anew, in the background, and replaces the cached one by it; until then, and if it cannot be loaded,
   * that one stays as it is. For what changes without anybody saying so: a change of which one knows is announced with
   * {@link #invalidate}, which no load that began before can undo. Does nothing if the key is being loaded anyway.
   * Never blocks, and throws nothing.
   *
   * @param key the key
   */
  void refresh(K key);

  /**
   * Removes a value everywhere, and keeps loads that have already begun from bringing it back. For changes that have
   * been committed; a change still in a transaction is announced with {@link #invalidate(Tx, Object)}.
   *
   * @param key the key of what has changed
   */
  void invalidate(K key);

  /**
   * Removes a value everywhere as soon as the transaction has committed, or may have: when its outcome is unknown the
   * value goes too. A transaction that rolled back invalidates nothing.
   *
   * <p>It costs one statement in the transaction, which writes down what is to be invalidated: should this instance die
   * right after the commit, or not reach Redis, another one does it within about 1.5 s. It is also done again when Redis
   * has lost it in a failover. Needs the table of the library's migrations.
   *
   * @param tx the transaction that changes what the value was loaded from
   * @param key the key of what it changes
   * @throws IllegalStateException if the table is not there; the transaction can then only be rolled back
   */
  void invalidate(Tx tx, K key);

  /**
   * As {@link #invalidate(Object)}, for several keys in one round trip for each 500. Nothing is removed if there are
   * none.
   *
   * @param keys the keys of what has changed
   */
  void invalidateAll(Collection<? extends K> keys);

  /**
   * As {@link #invalidate(Tx, Object)}, for several keys by one statement. Nothing is removed if there are none.
   *
   * @param tx the transaction that changes what the values were loaded from
   * @param keys the keys of what it changes
   * @throws IllegalStateException if the table is not there; the transaction can then only be rolled back
   */
  void invalidateAll(Tx tx, Collection<? extends K> keys);

  /**
   * Removes all values of this cache everywhere, and keeps loads that have already begun from bringing any back. One
   * round trip, however many there are; the old values take up memory in Redis until their time to live ends.
   */
  void invalidateAll();

  /**
   * Removes all values of this cache everywhere as soon as the transaction has committed, as {@link #invalidate(Tx,
   * Object)} does.
   *
   * @param tx the transaction that changes what the values were loaded from
   * @throws IllegalStateException if the table is not there; the transaction can then only be rolled back
   */
  void invalidateAll(Tx tx);

  /** What this cache has done since the start, on this instance. */
  CacheStats stats();
}
