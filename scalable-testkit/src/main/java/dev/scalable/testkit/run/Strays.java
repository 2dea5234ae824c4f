package dev.scalable.testkit.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Processes that an app has started and that outlive it: with a parent that has ended they are children of nobody, but
 * they still have the environment that names their run. One that has cleared its environment is not found.
 */
final class Strays {
  private Strays() {}

  /**
   * Looks for them.
   *
   * @param run the id of the run
   * @param apps every start of an app in it
   */
  static List<String> of(String run, List<ProcessNode> apps) {
    Set<Long> living = apps.stream().filter(ProcessNode::isRunning).map(ProcessNode::pid).collect(Collectors.toSet());
    Set<String> names = apps.stream().map(ProcessNode::name).collect(Collectors.toSet());
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all
          .filter(process -> {
            Set<String> environment = environment(process);
            return environment.contains(NodeLauncher.RUN + "=" + run)
                && names.stream().anyMatch(name -> environment.contains(NodeLauncher.NODE + "=" + name));
          })
          .filter(process -> process.isAlive() && !belongsTo(process, living))
          .map(process -> "process " + process.pid() + " (" + process.info().commandLine().orElse("?")
              + ") still runs, and the instance that started it does not")
          .toList();
    }
  }

  private static boolean belongsTo(ProcessHandle process, Set<Long> living) {
    return living.contains(process.pid())
        || process.parent().filter(parent -> belongsTo(parent, living)).isPresent();
  }

  /** The environment that it was started with, as {@code NAME=value}; empty if it may not be read, or is gone. */
  private static Set<String> environment(ProcessHandle process) {
    try {
      String all = Files.readString(
          Path.of("/proc", Long.toString(process.pid()), "environ"), StandardCharsets.ISO_8859_1);
      return Set.copyOf(List.of(all.split("\0", -1)));
    } catch (IOException e) {
      return Set.of();
    }
  }
}
