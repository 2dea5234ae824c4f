package dev.scalable.testkit.noise;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What the machine's processors have done since it was started, in ticks, by Linux's {@code /proc/stat} (proc_stat(5)).
 *
 * @param total of all processors
 * @param idle of that, idle or waiting for a disk
 * @param steal of that, what a hypervisor gave to other machines
 */
record CpuTimes(long total, long idle, long steal) {
  private static final Path STAT = Path.of("/proc/stat");

  /** What follows {@code cpu}: user nice system idle iowait irq softirq steal; guests' time is in user already. */
  private static final int FIELDS = 8;

  private static final int IDLE = 3;
  private static final int IOWAIT = 4;
  private static final int STEAL = 7;

  /** The times now; empty where there is no such file. */
  static Optional<CpuTimes> now() {
    try {
      return parse(Files.readString(STAT));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The times of the line of all processors; empty if {@code stat} has none that tells of steal. */
  static Optional<CpuTimes> parse(String stat) {
    return stat.lines()
        .filter(line -> line.startsWith("cpu "))
        .findFirst()
        .map(line -> line.substring("cpu ".length()).strip().split(" +"))
        .filter(fields -> fields.length >= FIELDS)
        .map(fields -> Arrays.stream(fields).limit(FIELDS).mapToLong(Long::parseLong).toArray())
        .map(ticks -> new CpuTimes(Arrays.stream(ticks).sum(), ticks[IDLE] + ticks[IOWAIT], ticks[STEAL]));
  }

  /** The share of steal since {@code before}; empty if not a tick has passed. */
  OptionalDouble stealShareSince(CpuTimes before) {
    return share(steal - before.steal, before);
  }

  /** The share of time in use since {@code before}, steal included; empty if not a tick has passed. */
  OptionalDouble busyShareSince(CpuTimes before) {
    return share(total - before.total - (idle - before.idle), before);
  }

  private OptionalDouble share(long ticks, CpuTimes before) {
    long passed = total - before.total;
    // proc_stat(5): iowait may decrease, so a share may come out beyond its bounds.
    return passed <= 0 ? OptionalDouble.empty() : OptionalDouble.of(Math.clamp((double) ticks / passed, 0, 1));
  }
}
