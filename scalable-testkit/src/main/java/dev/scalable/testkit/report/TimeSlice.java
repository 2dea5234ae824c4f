package dev.scalable.testkit.report;

import java.time.Duration;
import java.util.Map;

/**
 * A short part of a run.
 *
 * @param from its begin, since the start of the run
 * @param to its end
 * @param ok good answers that ended in it
 * @param bad requests that ended in it otherwise, or were dropped
 * @param timed good answers to requests that were due in it
 * @param p50 the median of how long those took, in nanoseconds; 0 without any
 * @param p99 likewise; of a hundred or fewer it is the longest
 * @param max likewise
 * @param instances answers that ended in it, by instance
 */
record TimeSlice(
    Duration from,
    Duration to,
    int ok,
    int bad,
    int timed,
    long p50,
    long p99,
    long max,
    Map<String, Integer> instances) {

  /** Good answers per second. */
  double rate() {
    return ok / length();
  }

  /** Requests per second, however they ended. */
  double rateOfAll() {
    return (ok + bad) / length();
  }

  private double length() {
    return to.minus(from).toNanos() / 1e9;
  }

  /** Returns its figures in a few lines. */
  @Override
  public String toString() {
    return Wording.seconds(from) + " to " + Wording.seconds(to)
        + "\n" + Wording.number(rate()) + " answered well per second" + (bad == 0 ? "" : ", " + bad + " requests not")
        + (timed == 0
            ? ""
            : "\np50 " + Wording.number(p50 / 1e6) + " ms, p99 " + Wording.number(p99 / 1e6) + " ms, longest "
                + Wording.number(max / 1e6) + " ms")
        + (instances.isEmpty() ? "" : "\n" + instances);
  }
}
