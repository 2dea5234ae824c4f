package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.backend.Store;
import dev.scalable.testkit.link.Link;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What can be done to a store of either kind. */
abstract class StoreNode {
  private final Store server;
  private final String name;
  private final @Nullable Link link;
  private final Faults faults;

  StoreNode(Store server, String name, @Nullable Link link, Faults faults) {
    this.server = server;
    this.name = name;
    this.link = link;
    this.faults = faults;
  }

  /** Host and port, as this JVM reaches them. */
  public InetSocketAddress address() {
    return server.address();
  }

  /**
   * Stops it in an orderly way, breaking all connections, and starts it again at the same address; returns when it takes
   * connections. PostgreSQL comes back with its data; Redis is empty then, unless the cluster has a data directory.
   *
   * @throws dev.scalable.testkit.backend.ClusterException if it does not end, or does not come back
   * @throws UnsupportedOperationException without {@link Capability#STORE_RESTART}
   */
  public void restart() {
    stop();
    start();
  }

  /**
   * Stops it in an orderly way, breaking all connections, and returns when it has ended. {@link Cluster#restore} starts
   * it again.
   *
   * @throws dev.scalable.testkit.backend.ClusterException if it does not end; it runs then
   * @throws UnsupportedOperationException without {@link Capability#STORE_RESTART}
   */
  public void stop() {
    faults.require(Capability.STORE_RESTART);
    server.stop();
    faults.tell(nodeName(), "stopped");
  }

  /**
   * Starts it again after {@link #stop}, on the same port, and returns when it takes connections.
   *
   * @throws IllegalStateException if it runs
   * @throws dev.scalable.testkit.backend.ClusterException if it ends or does not answer, with its last log lines
   * @throws UnsupportedOperationException without {@link Capability#STORE_RESTART}
   */
  public void start() {
    faults.require(Capability.STORE_RESTART);
    server.start();
    faults.tell(nodeName(), "started");
  }

  /**
   * The link that the instances are connected through, to slow it down or break it. This JVM's own connections do not
   * use it. {@link Cluster#restore} restores it.
   *
   * @throws IllegalStateException if the cluster was started without links
   * @throws UnsupportedOperationException without {@link Capability#LINK_FAULTS}
   */
  public Link link() {
    faults.require(Capability.LINK_FAULTS);
    if (link == null) {
      throw new IllegalStateException("the instances are connected to " + name + " directly: start the cluster with"
          + " links(), or @ClusterTest(links = true)");
    }
    return link;
  }

  /**
   * What the server printed.
   *
   * @throws UnsupportedOperationException without {@link Capability#LOGS}
   */
  public NodeLog log() {
    faults.require(Capability.LOGS);
    return server.node().log();
  }

  Store server() {
    return server;
  }

  Faults faults() {
    return faults;
  }

  private String nodeName() {
    return server.node().name();
  }
}
