package dev.scalable.testkit.link;

import java.util.concurrent.atomic.AtomicLong;

/**
 * One of the two ways of a link, shared by all of its connections: its bandwidth and its count of bytes. For the thread
 * of the selector, but for the count.
 */
final class Way {
  /** The most that one connection sends before another has its turn; 64 bytes at the least, as a packet has. */
  private static final double SLICE_NANOS = 5e6;

  /** What a thread that woke up late may make up for; else a link would carry less than was said. */
  private static final long LATE_NANOS = 10_000_000;

  private static final int LEAST_SLICE = 64;
  private static final int MOST_SLICE = 64 << 10;

  private final AtomicLong bytes = new AtomicLong();
  private int slice = MOST_SLICE;
  private long free;

  /** How many bytes have been passed on. */
  long bytes() {
    return bytes.get();
  }

  void passed(int count) {
    bytes.setRelease(bytes.getPlain() + count); // one writer
  }

  /** How much may be sent in one go. */
  int slice() {
    return slice;
  }

  /** Forgets what was booked; from now on a byte takes so long, or no time. */
  void replan(double nanosPerByte, long now) {
    free = now;
    slice = nanosPerByte == 0 ? MOST_SLICE : (int) Math.clamp(SLICE_NANOS / nanosPerByte, LEAST_SLICE, MOST_SLICE);
  }

  /** Takes the next free time for so many bytes and returns when they will have been sent, which may be by now. */
  long book(long now, int count, double nanosPerByte) {
    long earliest = now - LATE_NANOS;
    free = (free - earliest > 0 ? free : earliest) + (long) (count * nanosPerByte);
    return free;
  }
}
