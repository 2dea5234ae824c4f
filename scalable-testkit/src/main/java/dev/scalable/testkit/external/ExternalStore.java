package dev.scalable.testkit.external;

import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.backend.Store;
import java.net.InetSocketAddress;

/**
 * A server for data that runs somewhere.
 *
 * @param log empty
 */
record ExternalStore(InetSocketAddress address, NodeLog log) implements Store {
  @Override
  public InetSocketAddress addressForApps() {
    return address;
  }

  @Override
  public Node node() {
    return new ExternalNode("store", log);
  }

  @Override
  public void stop() {
    throw ExternalEnvironment.refused("a stop");
  }

  @Override
  public void start() {
    throw ExternalEnvironment.refused("a start");
  }
}
