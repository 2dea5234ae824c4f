package dev.scalable.testkit.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private static final String PROCESSES = read("processes.sh");

  /** Nodes get a session of their own, so that a terminal's Ctrl-C reaches the test JVM only, which ends them in order. */
  private static final List<String> OWN_SESSION = onPath("setsid").map(found -> List.of(found.toString())).orElse(List.of());

  private Shell() {}

  /** What a command printed (both streams) and its exit code. */
  record Outcome(int code, String output) {
    boolean succeeded() {
      return code == 0;
    }
  }

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

  /** Runs {@code command} to its end; a command that cannot be started has code 127, as in a shell. */
  static Outcome run(List<String> command) {
    try {
      Process process = builder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      try (InputStream output = process.getInputStream()) {
        String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), text);
      }
    } catch (IOException e) {
      return new Outcome(127, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
  }

  /** Sends {@code signal} ("STOP", "CONT", ...) to the process {@code pid}. */
  static void signal(long pid, String signal) {
    Outcome outcome = run(List.of("/bin/sh", "-c", "kill -s " + signal + " " + pid));
    if (!outcome.succeeded()) {
      throw new ClusterException("cannot send " + signal + " to process " + pid + ": " + outcome.output().strip());
    }
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
