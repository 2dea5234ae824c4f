package dev.scalable.cache;

import dev.scalable.check.SharedState;

/**
 * Until when this instance has proof that it has applied every invalidation, and how often it has lost that proof. What
 * is in the heap may be served only while the proof holds, and only if it was put there since it was last lost.
 *
 * <p>Times are those of {@link System#nanoTime()}: no wall clock can move them. Written by the consumer of the
 * invalidation log, read by every caller.
 */
@SharedState("until when the heap of this instance is proven current")
final class Validity {

  private final Host host;
  private volatile long until;
  private volatile int losses;

  /** Far time minus near time: what to add to {@code nanoTime}, in nanoseconds, to get the time of the Redis server. */
  private volatile long farOffset;

  Validity(Host host) {
    this.host = host;
    this.until = host.nanoTime();
  }

  /** The time of {@link System#nanoTime()}. */
  long now() {
    return host.nanoTime();
  }

  boolean holds(long now) {
    return until - now > 0;
  }

  /** The end of the proof: where nothing fails, a clock that moves four times a second and costs little to read. */
  long until() {
    return until;
  }

  /** How often the proof was lost: what was put into the heap at another count is not to be served. */
  int losses() {
    return losses;
  }

  /** Extends the proof; a moment before its end changes nothing. */
  void extend(long to) {
    if (to - until > 0) {
      until = to;
    }
  }

  /** Ends the proof and makes everything in the heap, and every load in flight, a thing of the past. */
  void lose() {
    until = host.nanoTime();
    // Written by one thread alone.
    int next = losses + 1;
    losses = next;
  }

  /**
   * Takes note of the Redis server's clock; an error of a round trip moves a time to live by as much, and nothing else.
   */
  void farClock(long farMillis, long nearNanos) {
    farOffset = farMillis * 1_000_000 - nearNanos;
  }

  /** The Redis server's clock, in ms, as far as it is known here. */
  long farNow() {
    return (host.nanoTime() + farOffset) / 1_000_000;
  }

  /** When, in near time, a moment of the Redis server comes. */
  long near(long farMillis) {
    return farMillis * 1_000_000 - farOffset;
  }
}
