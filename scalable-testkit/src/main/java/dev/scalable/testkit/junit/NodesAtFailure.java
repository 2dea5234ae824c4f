package dev.scalable.testkit.junit;

import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.cluster.Cluster;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Not a failure itself: what the nodes had printed when a test failed, suppressed into its failure, since that is what
 * every runner of tests prints.
 */
final class NodesAtFailure extends Exception {
  private static final long serialVersionUID = 1;

  private NodesAtFailure(String message) {
    super(message, null, false, false); // nobody threw it: no stack trace
  }

  /**
   * Takes the last lines of all nodes of {@code cluster}, and has its run directory kept.
   *
   * @param broken what does not hold after the test, beside its failure
   * @param report where the report of the class will be
   */
  static NodesAtFailure of(Cluster cluster, List<String> broken, Path report) {
    cluster.keepRunDirectory();
    return new NodesAtFailure((broken.isEmpty() ? "" : told(broken) + "\n")
        + "the report will be at " + report + "\n"
        + "what the nodes of the cluster printed last; all of it is kept in " + cluster.runDirectory() + "\n"
        + cluster.logs().stream().map(NodeLog::excerpt).collect(Collectors.joining("\n")));
  }

  /** What does not hold after a test, as the text of a failure. */
  static String told(List<String> broken) {
    return "after every test these must hold, and do not:\n- " + String.join("\n- ", broken);
  }
}
