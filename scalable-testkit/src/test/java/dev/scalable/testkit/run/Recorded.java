package dev.scalable.testkit.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The processes that a run has recorded, and whether they still run, looked up in another way than the reaper's. */
public record Recorded(String role, long pid) {
  public static List<Recorded> of(Path run) {
    Path list = run.resolve("pids");
    try {
      return Files.exists(list)
          ? Files.readAllLines(list).stream().map(line -> line.split(" ", -1))
              .map(words -> new Recorded(words[0], Long.parseLong(words[1]))).toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its process and all below it. */
  public static List<ProcessHandle> withDescendants(List<Recorded> recorded) {
    return recorded.stream()
        .flatMap(one -> ProcessHandle.of(one.pid()).stream())
        .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
        .toList();
  }

  /** Those that run; a process that has ended and that nobody has asked for its exit code does not. */
  public static List<ProcessHandle> living(List<ProcessHandle> processes) {
    return processes.stream().filter(ProcessHandle::isAlive).filter(Recorded::isNoZombie).toList();
  }

  private static boolean isNoZombie(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      return !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
    } catch (IOException e) {
      return false; // it has ended meanwhile
    }
  }
}
