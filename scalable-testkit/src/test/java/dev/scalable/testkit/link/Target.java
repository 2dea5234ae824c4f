package dev.scalable.testkit.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a link leads to. Both sockets of each connection are in the test's hands, so that nothing happens at a time of
 * its own; each read gives up after a while.
 */
final class Target implements AutoCloseable {
  /** Longer than anything takes, even on a machine that has other work. */
  static final int LIMIT_MILLIS = 30_000;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final ServerSocket listener;

  Target() throws IOException {
    this(0);
  }

  Target(int port) throws IOException {
    listener = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    open.add(listener);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** A new connection through the link. */
  Pair connect(Link link) throws IOException {
    Socket client = client(link);
    return new Pair(client, accept());
  }

  /** The client's side only. */
  Socket client(Link link) throws IOException {
    Socket client = new Socket();
    open.add(client);
    client.setSoTimeout(LIMIT_MILLIS);
    client.connect(link.address(), LIMIT_MILLIS);
    return client;
  }

  /** The other side of a client's connection. */
  Socket accept() throws IOException {
    return accept(LIMIT_MILLIS);
  }

  /** The other side of a client's connection, if it comes within a time. */
  Socket accept(int millis) throws IOException {
    listener.setSoTimeout(millis);
    Socket server = listener.accept();
    open.add(server);
    server.setSoTimeout(LIMIT_MILLIS);
    return server;
  }

  @Override
  public void close() throws IOException {
    for (AutoCloseable each : open.reversed()) {
      try {
        each.close();
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }

  /** Both sides of one connection. */
  record Pair(Socket client, Socket server) {
    /** Sends words to the target and back, and says whether they came back. */
    boolean works() throws IOException {
      send(client, "ping");
      boolean there = read(server, 4).equals("ping");
      send(server, "pong!");
      return there && read(client, 5).equals("pong!");
    }
  }

  static void send(Socket from, String words) throws IOException {
    from.getOutputStream().write(words.getBytes(StandardCharsets.US_ASCII));
  }

  static String read(Socket at, int bytes) throws IOException {
    return new String(at.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
  }
}
