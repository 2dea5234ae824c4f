package dev.scalable.testkit.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The processor time of a process and its children. Where there is a {@code /proc}, children that have ended and were
 * waited for count too, which is where PostgreSQL spends its time (proc_pid_stat(5), fields 14 to 17); elsewhere only
 * those that live.
 */
public final class CpuTime {
  /** A clock tick of user space, which is a hundredth of a second on every Linux (USER_HZ, time(7)). */
  private static final Duration TICK = Duration.ofMillis(10);

  private static final boolean PROC = Files.exists(Path.of("/proc/self/stat"));

  private CpuTime() {}

  /** Whether children that have ended count too. */
  static boolean isWhole() {
    return PROC;
  }

  /** That of {@code root} and all below it. */
  public static Duration ofTree(ProcessHandle root) {
    return Stream.concat(Stream.of(root), root.descendants())
        .map(CpuTime::of)
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static Duration of(ProcessHandle process) {
    if (!PROC) {
      return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"), StandardCharsets.ISO_8859_1);
      return TICK.multipliedBy(ticks(stat));
    } catch (IOException e) {
      return Duration.ZERO; // it has ended between the two looks
    }
  }

  /** The sum of utime, stime, cutime and cstime in a line of {@code /proc/PID/stat}. */
  static long ticks(String stat) {
    // The command's name, in parentheses, may hold blanks and parentheses: the fields after it begin with number 3.
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
    return fields.subList(11, 15).stream().mapToLong(Long::parseLong).sum();
  }
}
