package dev.scalable.testkit.run;

import dev.scalable.testkit.backend.Await;
import dev.scalable.testkit.backend.ClusterException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Runs commands of this machine. */
public final class Shell {
  /** What would change a child JVM behind the app's back: a debug agent's port can be bound by one JVM only. */
  private static final Set<String> JVM_VARIABLES =
      Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH");

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private Shell() {}

  /** A builder for {@code command} in this process's environment less what would change a child JVM. */
  public static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(JVM_VARIABLES);
    return builder;
  }

  /** Runs {@code command} to its end, in no folder in particular and within two minutes. */
  public static FinishedCommand run(List<String> command) {
    return run(Path.of("/"), LIMIT, command);
  }

  /**
   * Runs a short command in {@code folder}, in the C locale so that its words can be read, and waits for its end.
   *
   * @throws ClusterException if it cannot be started, or has not ended within {@code limit}: it is then killed
   */
  public static FinishedCommand run(Path folder, Duration limit, List<String> command) {
    ProcessBuilder builder = builder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().put("LC_ALL", "C");
    try {
      Process process = builder.start();
      CommandOutput output = CommandOutput.of(process);
      boolean ended = waitFor(process, limit);
      String text = output.text();
      if (!ended) {
        throw new ClusterException(
            "killed after %d s without an end: %s%n%s".formatted(limit.toSeconds(), String.join(" ", command), text));
      }
      return new FinishedCommand(List.copyOf(command), process.exitValue(), text);
    } catch (IOException e) {
      throw new ClusterException("cannot run " + String.join(" ", command) + ": " + e.getMessage(), e);
    }
  }

  /** Whether {@code command} can be run and ends with exit code 0. */
  public static boolean succeeds(List<String> command) {
    try {
      return run(command).exitCode() == 0;
    } catch (ClusterException e) {
      return false;
    }
  }

  /** Sends {@code signal} ("STOP", "CONT", ...) to the process {@code pid}. */
  public static void signal(long pid, String signal) {
    run(List.of("/bin/sh", "-c", "kill -s " + signal + " " + pid)) // every shell has a kill, not every machine
        .outputOfSuccess();
  }

  /** Sends {@code signal} to all processes of the group {@code leader}; whether there were any. */
  static boolean signalGroup(long leader, String signal) {
    return succeeds(List.of("/bin/sh", "-c", "kill -s " + signal + " -- -" + leader));
  }

  private static boolean waitFor(Process process, Duration limit) {
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
      process.destroyForcibly().waitFor();
      return false;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw Await.interrupted(e);
    }
  }
}
