package dev.scalable.cost;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much of the processors a process has used. */
final class ProcessorTime {

  private ProcessorTime() {}

  /**
   * What the scheduler has counted of a process's threads (Documentation/scheduler/sched-stats.rst,
   * "/proc/pid/schedstat"), to the nanosecond; the times of a process are told in steps of 10 ms.
   */
  static long nanos(long pid) throws IOException {
    Path threads = Path.of("/proc", Long.toString(pid), "task");
    long sum = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(threads)) {
      for (Path thread : all) {
        sum += Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", 2)[0]);
      }
    }
    return sum;
  }
}
