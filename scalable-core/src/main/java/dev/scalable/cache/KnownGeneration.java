package dev.scalable.cache;

import dev.scalable.check.SharedState;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The generation of a cache as far as it is known here: 8 bytes, each one greater than those before. A value in Redis
 * is trusted without asking only if it has this one.
 *
 * <p>It moves forward alone, whatever late answer brings an earlier one: the value of a generation that was cleared
 * must not come back. Only who enters the log anew, with an empty heap, takes the one that Redis has.
 */
@SharedState("the generation last seen in Redis")
final class KnownGeneration {

  private static final byte[] UNKNOWN = new byte[0];

  private final AtomicReference<byte[]> known = new AtomicReference<>(UNKNOWN);

  /** Takes note of a generation that was seen in Redis. */
  void learn(byte[] seen) {
    known.accumulateAndGet(seen, (before, now) -> Arrays.compareUnsigned(before, now) < 0 ? now : before);
  }

  /** Takes the generation that Redis has, or none. */
  void reset(byte[] now) {
    known.set(now);
  }

  /** The bytes, not to be changed; empty while none is known. */
  byte[] bytes() {
    return known.get();
  }

  /** Whether the bytes from here on are this generation; never while none is known. */
  boolean isAt(byte[] stored, int from, int to) {
    byte[] now = known.get();
    return now.length > 0 && Arrays.equals(stored, from, to, now, 0, now.length);
  }
}
