package dev.scalable.testkit.cluster;

import java.util.function.IntFunction;
import java.util.function.ObjIntConsumer;

/** Starts a node again on another port when a process that is not ours was faster at taking the first one. */
final class PortRetry {
  private static final int ATTEMPTS = 5;

  private PortRetry() {}

  /** A node that is ready, and its port. */
  record Started(Node node, int port) {}

  /**
   * Returns a ready node on a newly reserved port.
   *
   * @param launch starts the node on a port
   * @param awaitReady returns when the node is ready, or throws
   */
  static Started start(Ports ports, IntFunction<Node> launch, ObjIntConsumer<Node> awaitReady) {
    for (int attempt = 1; ; attempt++) {
      int port = ports.reserve();
      Node node = launch.apply(port);
      try {
        awaitReady.accept(node, port);
        return new Started(node, port);
      } catch (ClusterException e) {
        if (attempt == ATTEMPTS || !node.foundItsPortInUse()) {
          throw e;
        }
      }
    }
  }
}
