package dev.scalable.benchmarks;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Locale;

/** Where and when figures were taken. */
public final class Machine {

  private Machine() {}

  /** One line, with the load of the last minute: with more than a few tenths before a run, its times mean little. */
  public static String line() {
    return String.format(Locale.ROOT, "%s: %s %s, %d processors, load %.1f, Java %s", Instant.now(),
        System.getProperty("os.name"), System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(), Runtime.version());
  }
}
