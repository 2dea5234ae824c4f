package dev.scalable.testkit.load;

import java.time.Duration;
import java.util.Locale;

/**
 * Something that was done to the system during a run; times are since its start.
 *
 * @param name what was done
 * @param started when it began
 * @param ended when it was done
 */
public record Fault(String name, Duration started, Duration ended) {
  /** Returns name and times. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s at %.3f to %.3f s", name, started.toNanos() / 1e9, ended.toNanos() / 1e9);
  }
}
