package dev.scalable.cache;

import dev.scalable.db.Tx;
import dev.scalable.http.Lookup;
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
 * <p>Safe for use by many threads; {@code get} may block and belongs on a handler thread, {@code peek} never blocks.
 *
 * @param <K> type of the key
 * @param <V> type of the value
 */
public interface TwoTierCache<K, V> extends Lookup<K, V> {

  /**
   * The value, from the heap, from Redis, or loaded. While Redis can be reached, at most one load per key goes on in the cluster,
   * for as long as a load may take. Not to be called within a transaction: the loader would take a second connection.
   *
   * @param key the key
   * @return the value; null when the loader found none, which is cached as well
   * @throws RuntimeException what the loader threw, a checked exception wrapped in
   *     {@link java.lang.reflect.UndeclaredThrowableException}; nothing was cached then
   * @throws CacheLoadTimeout if another caller's load of this key did not end in time, or this thread was interrupted meanwhile
   */
  @Override
  @Nullable V get(K key);

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
