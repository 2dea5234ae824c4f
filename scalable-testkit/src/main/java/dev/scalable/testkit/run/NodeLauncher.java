package dev.scalable.testkit.run;

import dev.scalable.testkit.backend.NodeLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Starts the processes of one run. Each notes itself in the run directory before it becomes the node, see {@link
 * ProcessList}, so that the {@link Reaper} misses none. Output goes to a file, never to a pipe: a pipe that nobody
 * reads stops its writer.
 */
final class NodeLauncher {
  /** What tells a process, and all that it starts, which run and node it belongs to. */
  static final String RUN = "SCALABLE_TESTKIT_RUN";
  static final String NODE = "SCALABLE_TESTKIT_NODE";

  private final RunDirectory run;
  private final Queue<ProcessNode> apps = new ConcurrentLinkedQueue<>();

  NodeLauncher(RunDirectory run) {
    this.run = run;
  }

  /** Where this launcher's nodes keep their files. */
  RunDirectory run() {
    return run;
  }

  /** Every start of an instance, and of the steps before them, so far. */
  List<ProcessNode> apps() {
    return List.copyOf(apps);
  }

  /** Starts such a node in the run directory. */
  ProcessNode launch(Role role, String name, List<String> command, Map<String, String> environment) {
    return launch(role, name, run.path(), command, environment);
  }

  /** Starts {@code command} as the node {@code name} in {@code folder}, with {@code environment} added to our own. */
  ProcessNode launch(Role role, String name, Path folder, List<String> command, Map<String, String> environment) {
    List<String> recorded = new ArrayList<>(
        List.of("record", run.path().toString(), role.name().toLowerCase(Locale.ROOT)));
    recorded.addAll(command);
    NodeLog log = run.log(name);
    ProcessBuilder builder = Shell.builder(ProcessList.command(run.path(), recorded))
        .directory(folder.toFile())
        .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
        .redirectErrorStream(true)
        .redirectOutput(Redirect.appendTo(log.path().toFile()));
    builder.environment().put(RUN, run.id());
    builder.environment().put(NODE, name);
    builder.environment().putAll(environment);
    try {
      ProcessNode node = new ProcessNode(name, builder.start(), log, role == Role.APP);
      if (role == Role.APP) {
        apps.add(node);
      }
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + name + ": " + String.join(" ", command), e);
    }
  }
}
