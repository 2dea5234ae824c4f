package dev.scalable.testkit.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** All connections of a link and what befalls them. For the thread of its loop. */
final class Traffic implements AutoCloseable {
  private final Loop loop;
  private final Door door;
  private final InetSocketAddress target;
  private final Way toTarget;
  private final Way toClients;
  private final Set<Relay> relays = new LinkedHashSet<>();
  private Conditions conditions = Conditions.CLEAR;

  Traffic(Loop loop, Door door, InetSocketAddress target, Way toTarget, Way toClients) {
    this.loop = loop;
    this.door = door;
    this.target = target;
    this.toTarget = toTarget;
    this.toClients = toClients;
  }

  Loop loop() {
    return loop;
  }

  Conditions conditions() {
    return conditions;
  }

  Way toTarget() {
    return toTarget;
  }

  Way toClients() {
    return toClients;
  }

  /** Where to connect to; a name is looked up each time, as it may have moved. */
  InetSocketAddress target() throws UnknownHostException {
    return target.isUnresolved()
        ? new InetSocketAddress(InetAddress.getByName(target.getHostString()), target.getPort())
        : target;
  }

  /** Takes in all clients that wait at the door. */
  void admitAll() throws IOException {
    for (SocketChannel client = door.accept(); client != null; client = door.accept()) {
      admit(client);
    }
  }

  void ended(Relay relay) {
    relays.remove(relay);
  }

  int size() {
    return relays.size();
  }

  /** Changes the conditions, for the connections that there are and for those to come. */
  void change(UnaryOperator<Conditions> change) {
    conditions = change.apply(conditions);
    long now = System.nanoTime();
    toTarget.replan(conditions.nanosPerByte(), now);
    toClients.replan(conditions.nanosPerByte(), now);
    relays.forEach(Relay::replan);
  }

  void limit(long bytes) {
    change(before -> before.withLimit(bytes));
    relays.forEach(relay -> relay.allow(bytes));
  }

  void darken() {
    change(Conditions::darkened);
    relays.forEach(Relay::darken);
  }

  void cut() throws IOException {
    door.shut();
    reset();
  }

  void reset() {
    now().forEach(Relay::reset);
  }

  void halfClose() {
    for (Relay relay : now()) {
      try {
        relay.halfClose();
      } catch (IOException e) {
        relay.reset();
      }
    }
  }

  void restore() {
    try {
      door.open();
    } catch (IOException e) {
      throw new IllegalStateException("cannot listen again at " + door.address() + ": " + e.getMessage()
          + ". The link stays cut; restore it again when nobody else listens there", e);
    }
    change(before -> Conditions.CLEAR);
    for (Relay relay : now()) {
      try {
        relay.clear();
      } catch (IOException e) {
        relay.reset();
      }
    }
  }

  @Override
  public void close() throws IOException {
    reset();
    door.close();
  }

  @Override
  public String toString() {
    return relays.size() + " connections, " + conditions + (door.isShut() ? ", cut" : "");
  }

  /** Those there are now: what is done to them may end them. */
  private List<Relay> now() {
    return List.copyOf(relays);
  }

  private void admit(SocketChannel client) throws IOException {
    Relay relay = relay(client);
    relays.add(relay);
    try {
      relay.begin();
    } catch (IOException e) {
      relay.reset();
    }
  }

  private Relay relay(SocketChannel client) throws IOException {
    SocketChannel calling = null;
    try {
      calling = SocketChannel.open();
      return new Relay(this, client, calling);
    } catch (IOException e) {
      client.close();
      if (calling != null) {
        calling.close();
      }
      throw e;
    }
  }
}
