package dev.scalable.testkit.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The system's commands that the testkit runs itself: short ones that end by themselves, and {@code processes.sh}. */
final class Shell {
  /** What would change a child JVM behind the app's back: a debug agent's port can be bound by one JVM only. */
  private static final Set<String> JVM_VARIABLES =
      Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH");

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final String PROCESSES = read("processes.sh");

  /** Nodes get a session of their own, so that a terminal's Ctrl-C reaches the test JVM only, which ends them in order. */
  private static final List<String> OWN_SESSION = onPath("setsid").map(found -> List.of(found.toString())).orElse(List.of());

  private Shell() {}

  /** A command line for {@code processes.sh}, in a session of its own. */
  static List<String> processes(List<String> arguments) {
    List<String> command = new ArrayList<>(OWN_SESSION);
    command.addAll(List.of("/bin/sh", "-c", PROCESSES, "scalable-testkit"));
    command.addAll(arguments);
    return command;
  }

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
    succeed(List.of("/bin/sh", "-c", "kill -s " + signal + " " + pid)); // a shell always has a kill; not every machine does
  }

  /** The program {@code name} on the PATH. */
  static Optional<Path> onPath(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static String read(String resource) {
    try (InputStream in = Shell.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("scalable-testkit is packaged without " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource + " of scalable-testkit", e);
    }
  }
}
