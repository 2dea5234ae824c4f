package dev.scalable.testkit.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Store;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.Predicate;

/** A server in a container that keeps its data over a stop and a start. */
final class ContainerStore implements Store {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Room room;
  private final Room.Published container;
  private final InetSocketAddress addressForApps;
  private final String stopSignal;
  private final Predicate<InetSocketAddress> ready;
  private volatile ContainerNode node;

  private ContainerStore(Room room, Room.Started started, InetSocketAddress addressForApps, String stopSignal,
      Predicate<InetSocketAddress> ready) {
    this.room = room;
    this.container = started.published();
    this.addressForApps = addressForApps;
    this.stopSignal = stopSignal;
    this.ready = ready;
    this.node = started.node();
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @param name of the node
   * @param description without a network
   * @param stopSignal that ends it orderly
   * @param ready whether it answers at an address of 127.0.0.1; that something accepts there means nothing
   */
  static ContainerStore start(Room room, String name, CreateContainerCmd description, int port, String stopSignal,
      Predicate<InetSocketAddress> ready) {
    String address = room.reserveAddress();
    Room.Started started = room.startPublished(room.at(address, description), name, 0, port);
    ContainerStore store = new ContainerStore(room, started, socket(address, port), stopSignal, ready);
    store.awaitReady();
    return store;
  }

  /** An address given by numbers. */
  static InetSocketAddress socket(String address, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(address), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), container.hostPorts().get(0));
  }

  @Override
  public InetSocketAddress addressForApps() {
    return addressForApps;
  }

  @Override
  public ContainerNode node() {
    return node;
  }

  @Override
  public synchronized void stop() {
    node.signal(stopSignal);
    if (!node.endsWithin(LIMIT)) {
      throw new ClusterException(node.name() + " did not end within " + LIMIT.toSeconds() + " s of " + stopSignal
          + "; process " + node.pid() + " runs\n" + node.log().excerpt());
    }
  }

  @Override
  public synchronized void start() {
    if (node.isRunning()) {
      throw new IllegalStateException(
          node.name() + " runs already, as process " + node.pid() + ": it can be started after a stop");
    }
    node = room.start(container.container(), node.name());
    awaitReady();
  }

  private void awaitReady() {
    node.awaitUntil(() -> "ready for connections at " + address(), () -> ready.test(address()), LIMIT);
  }
}
