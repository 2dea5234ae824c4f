package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.backend.Store;
import dev.scalable.testkit.link.Link;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The cluster's one Redis (or Valkey), without a password. Safe for use by several threads. */
public final class RedisNode {
  private static final int ANSWER_MILLIS = 10_000;

  private final Store server;
  private final @Nullable Link link;
  private final Faults faults;

  RedisNode(Store server, @Nullable Link link, Faults faults) {
    this.server = server;
    this.link = link;
    this.faults = faults;
  }

  /** Host and port, as this JVM reaches them. */
  public InetSocketAddress address() {
    return server.address();
  }

  /** The address {@code redis://host:port}, as this JVM reaches it. */
  public URI uri() {
    return uri(server.address());
  }

  /**
   * Deletes all that is in it, by FLUSHALL.
   *
   * @throws ClusterException if it does not answer, or refuses
   * @throws UnsupportedOperationException without {@link Capability#RESET}
   */
  public void flushAll() {
    faults.require(Capability.RESET);
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address().getHostString(), address().getPort()), ANSWER_MILLIS);
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.getOutputStream().write("FLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
      if (!answer.equals("+OK\r\n")) {
        throw new ClusterException(this + " answered FLUSHALL with " + answer.strip() + " ...");
      }
    } catch (IOException e) {
      throw new ClusterException("FLUSHALL could not be sent to " + this + ": " + e.getMessage(), e);
    }
    faults.tell("redis", "flushed");
  }

  /**
   * Stops it, breaking all connections, and starts it again at the same address; returns when it answers. Without a
   * data directory it is empty then.
   *
   * @throws UnsupportedOperationException without {@link Capability#STORE_RESTART}
   */
  public void restart() {
    stop();
    start();
  }

  /**
   * Stops it, breaking all connections, and returns when it has ended.
   *
   * @throws UnsupportedOperationException without {@link Capability#STORE_RESTART}
   */
  public void stop() {
    faults.require(Capability.STORE_RESTART);
    server.stop();
    faults.tell("redis", "stopped");
  }

  /**
   * Starts it again after {@link #stop}, on the same port, and returns when it answers.
   *
   * @throws IllegalStateException if it runs
   * @throws UnsupportedOperationException without {@link Capability#STORE_RESTART}
   */
  public void start() {
    faults.require(Capability.STORE_RESTART);
    server.start();
    faults.tell("redis", "started");
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
      throw new IllegalStateException("the instances are connected to Redis directly: start the cluster with links(),"
          + " or @ClusterTest(links = true)");
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

  static URI uri(InetSocketAddress at) {
    return URI.create("redis://" + at.getHostString() + ":" + at.getPort());
  }

  Store server() {
    return server;
  }

  @Override
  public String toString() {
    return "Redis at " + uri();
  }
}
