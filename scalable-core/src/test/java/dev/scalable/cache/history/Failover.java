package dev.scalable.cache.history;

/**
 * A time in which Redis took invalidations that were lost when a replica became the primary. What was announced is sent
 * again; the rest is gone, and its keys may be served with old values until they are invalidated again.
 *
 * @param from when the replica had all that had been taken
 * @param to when the old primary was gone
 * @param healed when all that was announced until then had been sent again
 */
public record Failover(long from, long to, long healed) {

  /** From when on an invalidation counts that began and ended so; never, if it may be lost. */
  long effective(long start, long end, boolean announced) {
    if (start > to || end < from) {
      return end;
    }
    return announced ? Math.max(end, healed) : Long.MAX_VALUE;
  }
}
