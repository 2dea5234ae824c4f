package dev.scalable.testkit.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Whether the service times of a warm-up have stopped to change: compilers have done their work, pools and caches are
 * filled. Of each 500 requests the median is taken; they are steady when the median of the last three of these differs
 * by less than 15 % from that of the three before, so after 3,000 requests at the earliest. After 20 s the wait is
 * given up. Thread-safe.
 */
final class Steadiness {
  private static final int BLOCK = 500;
  private static final int WINDOW = 3;
  private static final double CHANGE = 0.15;
  private static final long MOST_NANOS = 20_000_000_000L;

  private final long begun;
  private final long[] block = new long[BLOCK];
  private final List<Long> medians = new ArrayList<>();
  private int requests;
  private boolean steady;
  private volatile boolean over;

  /** Begins at a time in nanoseconds. */
  Steadiness(long now) {
    this.begun = now;
  }

  /** Adds the service time of one more request. */
  synchronized void add(long nanos) {
    block[requests++ % BLOCK] = nanos;
    if (requests % BLOCK == 0 && !over) {
      long[] sorted = block.clone();
      Arrays.sort(sorted);
      medians.add(sorted[BLOCK / 2]);
      steady = hardlyChanges();
      over = steady;
    }
  }

  /** Whether it is time to stop: they are steady, or will not become so. */
  boolean reached(long now) {
    return over || now - begun >= MOST_NANOS;
  }

  /** How it ended, in one line. */
  synchronized String told(long now) {
    return String.format(
        Locale.ROOT, "%s after %d requests and %.1f s%s",
        steady ? "steady" : "NOT steady", requests, (now - begun) / 1e9,
        medians.isEmpty()
            ? ""
            : String.format(
                Locale.ROOT, ", median of 500 requests from %.3f to %.3f ms",
                medians.getFirst() / 1e6, medians.getLast() / 1e6));
  }

  private boolean hardlyChanges() {
    int count = medians.size();
    if (count < 2 * WINDOW) {
      return false;
    }
    double last = middle(medians.subList(count - WINDOW, count));
    double before = middle(medians.subList(count - 2 * WINDOW, count - WINDOW));
    return Math.abs(last - before) < CHANGE * before;
  }

  private static long middle(List<Long> ofThree) {
    return ofThree.stream().sorted().toList().get(WINDOW / 2);
  }
}
