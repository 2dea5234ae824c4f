package dev.scalable.testkit.link;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A network link between an app and something that it needs, such as PostgreSQL or Redis, which can be made slow, cut
 * or mute: a TCP proxy. The app connects to {@link #address()}, which stays the same whatever happens.
 *
 * <p>Each fault applies to the connections that there are and, unless it says otherwise, to all new ones, both from the
 * very moment that its method returns. It returns how many connections there were for it to apply to. Faults add up
 * until {@link #restore()}; giving one again replaces it.
 *
 * <p>Without a fault the link passes on all that TCP connections can do: one way may end while the other goes on, a
 * reset is passed on as a reset, and who sends faster than the other side reads has to wait. A connection that the
 * target refuses is reset; the link is as good as before for the next one.
 *
 * <p>Safe for use by several threads. A link has one thread, which does not keep the JVM from ending.
 */
public final class Link implements AutoCloseable {
  private final InetSocketAddress address;
  private final InetSocketAddress target;
  private final Way toTarget;
  private final Way toClients;
  private final Loop loop;
  private final Traffic traffic;

  private Link(InetSocketAddress address, InetSocketAddress target, Loop loop, Traffic traffic) {
    this.address = address;
    this.target = target;
    this.toTarget = traffic.toTarget();
    this.toClients = traffic.toClients();
    this.loop = loop;
    this.traffic = traffic;
  }

  /**
   * Opens a link that listens at any free port of the loopback address.
   *
   * @param target need not be there yet; an unresolved address is looked up for each connection
   * @throws UncheckedIOException if it cannot listen
   */
  public static Link to(InetSocketAddress target) {
    return to(target, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /**
   * Opens a link that listens at an address of this machine, such as one that containers can reach.
   *
   * @param target need not be there yet; an unresolved address is looked up for each connection
   * @param listenAt the address, with port 0 for any that is free
   * @throws UncheckedIOException if it cannot listen there
   */
  public static Link to(InetSocketAddress target, InetSocketAddress listenAt) {
    Selector selector = null;
    try {
      selector = Selector.open();
      Door door = Door.open(selector, listenAt);
      Loop loop = new Loop(selector);
      Traffic traffic = new Traffic(loop, door, target, new Way(), new Way());
      Link link = new Link(door.address(), target, loop, traffic);
      loop.start("testkit-link-" + door.address().getPort(), traffic);
      return link;
    } catch (IOException e) {
      if (selector != null) {
        try {
          selector.close();
        } catch (IOException alsoThat) {
          e.addSuppressed(alsoThat);
        }
      }
      throw new UncheckedIOException("cannot listen at " + listenAt + " for a link to " + target, e);
    }
  }

  /** Where clients connect to, from the start to {@link #close()}; while the link is cut, nobody else gets the port. */
  public InetSocketAddress address() {
    return address;
  }

  /** Where it leads to. */
  public InetSocketAddress target() {
    return target;
  }

  /** The number of connections that clients have now; 0 once it is closed. */
  public int connections() {
    try {
      return call("count connections", () -> {});
    } catch (IllegalStateException closed) {
      return 0;
    }
  }

  /** How many bytes have been passed on from clients to the target since the start. */
  public long bytesToTarget() {
    return toTarget.bytes();
  }

  /** How many bytes have been passed on from the target to clients since the start. */
  public long bytesToClients() {
    return toClients.bytes();
  }

  /**
   * Makes each round trip longer: all bytes are delayed by half of it on each way, and stay in order. Connecting takes
   * no longer. Bytes that are on their way get the new delay. A connection has at most 1 MiB on each way at a time, so
   * that a latency bounds the throughput as a TCP window does.
   *
   * @param latency of a round trip, to the millisecond; zero for none
   * @param jitter how far a single round trip may be above or below, at random; at most {@code latency}
   * @return the number of connections that there are
   * @throws IllegalArgumentException if one of them is negative, or the jitter is the larger one
   */
  public int latency(Duration latency, Duration jitter) {
    if (latency.isNegative() || jitter.isNegative() || jitter.compareTo(latency) > 0) {
      throw new IllegalArgumentException("a latency of " + latency + " with a jitter of " + jitter
          + " is not possible: neither may be negative, and the jitter may not be above the latency");
    }
    return call("add latency", () -> traffic.change(before -> before.withLatency(latency, jitter)));
  }

  /**
   * Bounds what the link carries on each way, all connections together; they take turns.
   *
   * @param bytes how many
   * @param per in which time
   * @return the number of connections that there are
   * @throws IllegalArgumentException if one of them is not positive
   */
  public int bandwidth(long bytes, Duration per) {
    if (bytes <= 0 || per.isNegative() || per.isZero()) {
      throw new IllegalArgumentException("a bandwidth of " + bytes + " bytes in " + per
          + " is not possible: both are above zero; cut() or blackhole() lets nothing through");
    }
    double nanosPerByte = (double) per.toNanos() / bytes;
    return call("bound the bandwidth", () -> traffic.change(before -> before.withNanosPerByte(nanosPerByte)));
  }

  /**
   * Cuts the link: connections are reset, on both sides, and new ones are refused.
   *
   * @return the number of connections that were reset
   */
  public int cut() {
    return call("cut", traffic::cut);
  }

  /**
   * Loses every byte from now on, those on their way among them, without a word to either side. New connections are
   * taken, and nothing comes of them. Neither side learns that the other one has closed its end.
   *
   * @return the number of connections that there are
   */
  public int blackhole() {
    return call("become a black hole", traffic::darken);
  }

  /**
   * Resets, on both sides, the connections that there are. New ones are not affected.
   *
   * @return the number of connections that were reset
   */
  public int resetPeer() {
    return call("reset connections", traffic::reset);
  }

  /**
   * Ends one way of the connections that there are: the client sees the end of the stream, and may go on sending to the
   * target, whose answers are lost. New ones are not affected.
   *
   * @return the number of connections that there were
   */
  public int halfClose() {
    return call("half-close connections", traffic::halfClose);
  }

  /**
   * Lets each connection carry so many more bytes, both ways together, and resets it when it is to carry another one.
   *
   * @param bytes 0 or more
   * @return the number of connections that there are
   * @throws IllegalArgumentException if it is negative
   */
  public int limitBytes(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a connection cannot carry " + bytes + " bytes: 0 or more");
    }
    return call("limit bytes", () -> traffic.limit(bytes));
  }

  /**
   * Takes all faults away. New connections are taken again, at the same address. Bytes that wait because of a latency
   * or a bandwidth go on at once. A connection whose bytes were lost in a black hole is reset: to its two sides, what
   * follows would look as if nothing were missing.
   *
   * @return the number of connections that there were, the reset ones among them
   * @throws IllegalStateException if it was cut and cannot listen again; it stays as it was then
   */
  public int restore() {
    return call("restore", traffic::restore);
  }

  /** Resets all connections and gives the port back; its thread has ended then. A second call does nothing. */
  @Override
  public void close() {
    loop.stop();
  }

  /** Returns in one line from where to where it leads, its connections and its faults. */
  @Override
  public String toString() {
    AtomicReference<String> state = new AtomicReference<>("closed");
    try {
      call("describe itself", () -> state.set(traffic.toString()));
    } catch (IllegalStateException closed) {
      // as it says
    }
    return "link " + address + " -> " + target + ": " + state.get();
  }

  private int call(String what, Order order) {
    Callable<Integer> counted = () -> {
      int before = traffic.size();
      order.carryOut();
      return before;
    };
    return loop.call(what, counted);
  }

  private interface Order {
    void carryOut() throws IOException;
  }
}
