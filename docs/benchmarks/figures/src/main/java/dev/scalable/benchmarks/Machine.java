package dev.scalable.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Where and when figures were taken. */
public final class Machine {

  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** One line, with the load of the last minute: with more than a few tenths before a run, its times mean little. */
  public static String line() {
    return String.format(Locale.ROOT, "%s: %s %s, %d processors, load %s, Java %s", Instant.now(),
        System.getProperty("os.name"), System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(),
        load(), Runtime.version());
  }

  /** What does not change during a run, by names that stay: processors, memory, system and Java. */
  public static Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("processor", processor());
    facts.put("memory", memory());
    // The kernel's number alone: what builders add to it says nothing of figures.
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version", "").replaceAll("-.*", "")
        + " " + System.getProperty("os.arch"));
    facts.put("java", Runtime.version().toString());
    return facts;
  }

  /** The load of the last minute; below zero where the system knows none. */
  public static String load() {
    return String.format(Locale.ROOT, "%.1f", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private static String processor() {
    if (!Files.isReadable(PROCESSORS)) {
      return "unknown";
    }
    try (Stream<String> lines = Files.lines(PROCESSORS)) {
      return lines.filter(line -> line.startsWith("model name")).findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String memory() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
        ? String.format(Locale.ROOT, "%.1f GiB", system.getTotalMemorySize() / (double) (1 << 30))
        : "unknown";
  }
}
