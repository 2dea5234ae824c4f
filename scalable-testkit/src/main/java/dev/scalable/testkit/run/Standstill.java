package dev.scalable.testkit.run;

import dev.scalable.testkit.backend.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether SIGSTOP has taken effect. The signal is only pending until the system lets a thread of the process run, which on
 * a busy machine was seen to take 0.3 s: a pause that did not wait for it would begin that much later, and end no later. The
 * state of each thread is told by {@code /proc} (proc_pid_stat(5), field 3); elsewhere there is nothing to wait for.
 */
final class Standstill {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Path PROC = Path.of("/proc");

  /** Stopped, also by a debugger, or ended. */
  private static final String AT_REST = "TtZXx";

  private Standstill() {}

  /**
   * Returns when no thread of {@code root}, nor of what it has forked into its process group, runs any more.
   *
   * @param name of the node, told in a failure
   * @throws dev.scalable.testkit.backend.ClusterException if one still runs after 10 s; the signal stays sent
   */
  static void await(ProcessHandle root, String name) {
    Await.until(() -> group(root).allMatch(Standstill::rests), LIMIT,
        () -> name + " was sent SIGSTOP as process " + root.pid() + " and has not stopped within " + LIMIT.toSeconds() + " s");
  }

  private static Stream<Long> group(ProcessHandle root) {
    String leader = Long.toString(root.pid());
    Stream<Long> others = root.descendants().map(ProcessHandle::pid)
        .filter(pid -> fields(PROC.resolve(pid.toString())).map(fields -> fields.get(2).equals(leader)).findAny().orElse(false));
    return Stream.concat(Stream.of(root.pid()), others);
  }

  private static boolean rests(long pid) {
    Path threads = PROC.resolve(Long.toString(pid)).resolve("task");
    if (!Files.isDirectory(threads)) {
      return true; // it has ended, or there is no /proc
    }
    try (Stream<Path> each = Files.list(threads)) {
      return each.flatMap(Standstill::fields).allMatch(fields -> AT_REST.contains(fields.get(0)));
    } catch (IOException | UncheckedIOException e) {
      return true; // it has ended between the two looks
    }
  }

  /** The fields from the third on: state, parent, group; nothing if it has ended. */
  private static Stream<List<String>> fields(Path processOrThread) {
    try {
      String stat = Files.readString(processOrThread.resolve("stat"), StandardCharsets.ISO_8859_1);
      // The command's name, in parentheses, may hold blanks and parentheses.
      return Stream.of(List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ")));
    } catch (IOException e) {
      return Stream.empty();
    }
  }
}
