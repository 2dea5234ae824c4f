package dev.scalable.testkit.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The list of a run's processes, kept by the shell script {@code processes.sh}: every node writes itself into it, the
 * {@link Reaper} reads it. A script, since it has to work when the JVM does not, and costs a node two milliseconds.
 */
final class ProcessList {
  private static final String SCRIPT = "processes.sh";

  /**
   * Nodes get a session of their own, so that a terminal's Ctrl-C reaches the test JVM only, which ends them in order.
   */
  private static final List<String> OWN_SESSION =
      SearchPath.find("setsid").map(found -> List.of(found.toString())).orElse(List.of());

  private ProcessList() {}

  /** Puts the script into the run directory, where its name says in a list of processes what it belongs to. */
  static void prepare(Path run) throws IOException {
    try (InputStream script = ProcessList.class.getResourceAsStream(SCRIPT)) {
      if (script == null) {
        throw new IllegalStateException("scalable-testkit is packaged without " + SCRIPT);
      }
      Files.copy(script, run.resolve(SCRIPT));
    }
  }

  /** The command line that runs the script of {@code run} in a session of its own. */
  static List<String> command(Path run, List<String> arguments) {
    List<String> command = new ArrayList<>(OWN_SESSION);
    command.addAll(List.of("/bin/sh", run.resolve(SCRIPT).toString()));
    command.addAll(arguments);
    return command;
  }
}
