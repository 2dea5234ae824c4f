package dev.scalable.testkit.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The system's commands that the testkit runs itself, to their end. */
final class Shell {
  /** What would change a child JVM behind the app's back: a debug agent's port can be bound by one JVM only. */
  private static final Set<String> JVM_VARIABLES =
      Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH");

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private Shell() {}

  /** A builder for {@code command} in this process's environment less what would change a child JVM. */
  static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(JVM_VARIABLES);
    return builder;
  }

  /** Runs {@code command} to its end. */
  static FinishedCommand run(List<String> command) {
    try {
      return FinishedCommand.run(Path.of("/"), LIMIT, command);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + String.join(" ", command), e);
    }
  }

  /** Whether {@code command} can be run and ends with exit code 0. */
  static boolean succeeds(List<String> command) {
    try {
      return FinishedCommand.run(Path.of("/"), LIMIT, command).exitCode() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Runs {@code command} to its end; fails with its output if the exit code is not 0. */
  static String succeed(List<String> command) {
    try {
      return run(command).outputOfSuccess();
    } catch (IOException e) {
      throw new ClusterException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Sends {@code signal} ("STOP", "CONT", ...) to the process {@code pid}. */
  static void signal(long pid, String signal) {
    succeed(List.of("/bin/sh", "-c", "kill -s " + signal + " " + pid)); // every shell has a kill, not every machine
  }

  /** The program {@code name} on the PATH. */
  static Optional<Path> onPath(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
