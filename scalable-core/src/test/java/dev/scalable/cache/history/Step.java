package dev.scalable.cache.history;

/**
 * Something that an instance did with a key, or saw of it. Times are those of {@link System#nanoTime()}, which on Linux
 * is CLOCK_MONOTONIC: one clock for all processes of a machine, that runs on while a process is stopped, and that
 * nobody sets. Whoever puts steps of several processes together checks that it is so ({@code HistoryProcess}).
 */
public sealed interface Step {

  /** The key. */
  long key();

  /** The version of the key's row that it is about; each write makes it one more. */
  long version();

  /**
   * A read through the cache.
   *
   * @param instance who read
   * @param start before it was begun
   * @param end after it had returned
   * @param proven whether the heap was proven to be current throughout, so that the value was in it or came into it
   */
  record Read(String instance, long key, long version, long start, long end, boolean proven) implements Step {}

  /**
   * A version that may be seen from now on: its transaction is about to commit.
   *
   * @param at before the commit
   */
  record Began(long key, long version, long at) implements Step {}

  /**
   * A version whose commit and invalidation have returned to the instance that did them.
   *
   * @param instance who wrote
   * @param start before the invalidation was begun
   * @param end after it had returned
   * @param announced whether it was announced in the transaction, so that it is not lost with a Redis
   */
  record Returned(String instance, long key, long version, long start, long end, boolean announced) implements Step {}

  /**
   * A version whose invalidation Redis has taken.
   *
   * @param start when it had not, or might not have
   * @param end when it had
   * @param announced as above
   */
  record Taken(long key, long version, long start, long end, boolean announced) implements Step {}
}
