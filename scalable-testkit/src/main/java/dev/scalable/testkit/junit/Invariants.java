package dev.scalable.testkit.junit;

import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.history.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What must hold of a cluster after every test, compared with how it was when the test began: see {@link ClusterTest}.
 * For one test.
 */
final class Invariants {
  /** What an instance prints when something has gone wrong that it did not foresee. */
  private static final Pattern ERRORS =
      Pattern.compile("\\bERROR\\b|\\bSEVERE\\b|Exception in thread|OutOfMemoryError");

  /** What no fault of the testkit's is a reason for. */
  private static final Pattern NEVER_EXCUSED = Pattern.compile("OutOfMemoryError");

  /** What Nginx complains of when it is not the fault of those behind it or before it. */
  private static final Pattern NGINX_ERRORS = Pattern.compile("\\[(crit|alert|emerg)]");

  private static final Set<String> ENDED = Set.of("killed", "terminating", "terminated");

  /** What changes whether a process runs; other events, such as a mark down, tell nothing of that. */
  private static final Set<String> STATES =
      Set.of("killed", "terminating", "terminated", "starting", "ready", "paused", "resumed");

  private static final int LINES_TOLD = 10;

  private final Cluster cluster;
  private final Duration begin;
  private final Map<String, Long> processes = new HashMap<>();
  private final Map<Path, Long> printed = new HashMap<>();
  private final Set<String> leftBefore;

  private Invariants(Cluster cluster) {
    this.cluster = cluster;
    this.begin = cluster.timeline().now();
    this.leftBefore = Set.copyOf(cluster.leftovers()); // the failure of the test that left it has told of it
  }

  /** Looks at {@code cluster} as it is when a test begins. */
  static Invariants of(Cluster cluster) {
    Invariants invariants = new Invariants(cluster);
    if (invariants.knowsProcesses()) {
      cluster.instances().forEach(each -> invariants.processes.put(each.id(), each.pid()));
    }
    cluster.logs().forEach(log -> invariants.printed.put(log.path(), log.size()));
    return invariants;
  }

  /**
   * Looks again, and returns what does not hold, a sentence or a few lines each.
   *
   * @param expected the errors that may have been printed
   */
  List<String> broken(List<Pattern> expected) {
    List<Event> done = cluster.timeline().since(begin);
    List<String> broken = new ArrayList<>();
    if (knowsProcesses()) {
      cluster.instances().forEach(instance -> look(instance, done).ifPresent(broken::add));
    }
    cluster.leftovers().stream().filter(each -> !leftBefore.contains(each)).forEach(broken::add);
    cluster.logs().forEach(log -> look(log, done, expected).ifPresent(broken::add));
    return broken;
  }

  private boolean knowsProcesses() {
    return cluster.capabilities().contains(Capability.KILL);
  }

  private Optional<String> look(Instance instance, List<Event> done) {
    List<String> own = done.stream().filter(event -> event.node().equals(instance.id())).map(Event::what).toList();
    String last = own.stream().filter(STATES::contains).reduce("", (earlier, later) -> later);
    Long before = processes.get(instance.id());
    boolean another = instance.isRunning() && before != null && !Objects.equals(before, instance.pid());
    if ((!instance.isRunning() && !ENDED.contains(last)) || (another && own.stream().noneMatch(ENDED::contains))) {
      return Optional.of(instance.id() + " ended by itself" + (another ? ", and was started again" : "")
          + ": the test did not kill or terminate it. What happened to it since the test began: "
          + (own.isEmpty() ? "nothing" : own) + "\n" + instance.log().excerpt());
    }
    return last.equals("paused")
        ? Optional.of(instance.id() + " was left paused: it holds its connections and answers nobody; resume it in the"
            + " test")
        : Optional.empty();
  }

  private Optional<String> look(NodeLog log, List<Event> done, List<Pattern> expected) {
    String node = String.valueOf(log.path().getFileName()).replaceFirst("[.]log$", "");
    Optional<Pattern> judged = judged(node, log, done);
    if (judged.isEmpty()) {
      return Optional.empty();
    }
    List<String> lines = log.since(printed.getOrDefault(log.path(), 0L));
    List<String> told = lines.stream()
        .filter(line -> judged.get().matcher(line).find())
        .filter(line -> expected.stream().noneMatch(pattern -> pattern.matcher(line).find()))
        .toList();
    return told.isEmpty()
        ? Optional.empty()
        : Optional.of(node + " printed " + (told.size() == 1 ? "an error" : told.size() + " errors")
            + " during the test, which no @ExpectErrors allows:\n    "
            + String.join("\n    ", told.subList(0, Math.min(LINES_TOLD, told.size())))
            + (told.size() > LINES_TOLD ? "\n    ..." : ""));
  }

  /** What must not be found in a log; empty if nothing is asked of it. */
  private Optional<Pattern> judged(String node, NodeLog log, List<Event> done) {
    if (log.path().equals(cluster.balancer().log().path())) {
      return done.stream().anyMatch(event -> event.node().equals("nginx"))
          ? Optional.empty()
          : Optional.of(NGINX_ERRORS);
    }
    if (!node.startsWith("app-")) {
      return Optional.empty();
    }
    return Optional.of(done.isEmpty() ? ERRORS : NEVER_EXCUSED);
  }
}
