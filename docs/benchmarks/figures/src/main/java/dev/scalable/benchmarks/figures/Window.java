package dev.scalable.benchmarks.figures;

import java.time.Instant;
import java.util.Locale;

/**
 * What one stack did in one window of time.
 *
 * @param begun when
 * @param stack the name of the stack
 * @param endpoint what was asked for
 * @param round which of the windows of this kind, from 0
 * @param rate requests a second that were to be sent; 0 if users asked who wait for their answers
 * @param requests how many were answered as they should be
 * @param failed how many were not
 * @param dropped how many could not be sent in time, by the generator's own fault
 * @param seconds until the last was answered
 * @param cpu processor time
 * @param times response times
 * @param remark what speaks against its times; empty if nothing does
 */
public record Window(Instant begun, String stack, Endpoint endpoint, int round, double rate, int requests, int failed,
    int dropped, double seconds, Cpu cpu, Times times, String remark) {

  /** Whether requests came at a fixed rate. */
  public boolean open() {
    return rate > 0;
  }

  /** Requests a second. */
  public double perSecond() {
    return requests / seconds;
  }

  /** Processor time of the app for each request, in microseconds. */
  public double appMicros() {
    return micros(cpu.app());
  }

  /**
   * Processor time for each request, in microseconds.
   *
   * @param millis that of all of them
   */
  public double micros(double millis) {
    return 1_000 * millis / Math.max(1, requests);
  }

  /** Response time that 99 in 100 did not exceed, in milliseconds; not a number if they were too few to tell. */
  public double p99() {
    return times.p99();
  }

  /** For who watches the run. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s, %s, %s %d: %.0f/s, app %.0f us, p50 %.2f ms, p99 %.2f ms%s", endpoint,
        open() ? "open" : "closed", stack, round, perSecond(), appMicros(), times.p50(), times.p99(),
        remark.isEmpty() ? "" : " (" + remark + ")");
  }
}
