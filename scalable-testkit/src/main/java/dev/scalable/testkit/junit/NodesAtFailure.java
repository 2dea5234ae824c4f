package dev.scalable.testkit.junit;

import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.cluster.Cluster;
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

  /** Takes the last lines of all nodes of {@code cluster}, and has its run directory kept. */
  static NodesAtFailure of(Cluster cluster) {
    cluster.keepRunDirectory();
    return new NodesAtFailure("what the nodes of the cluster printed last; all of it is kept in "
        + cluster.runDirectory() + "\n"
        + cluster.logs().stream().map(NodeLog::excerpt).collect(Collectors.joining("\n")));
  }
}
