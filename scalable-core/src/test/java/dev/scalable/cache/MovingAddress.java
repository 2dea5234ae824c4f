package dev.scalable.cache;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An address at which clients find whichever Redis server is the primary, as they do behind a name that moves. */
final class MovingAddress implements AutoCloseable {

  private final ServerSocket listener;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();
  private volatile InetSocketAddress target;
  private volatile boolean mute;

  /** A client's connection, and whether it is one that waits for entries of a stream. */
  private static final class Connection {
    final Socket client;
    final Socket server;
    volatile boolean reads;
    /** Something that the server has sent was lost. */
    volatile boolean gap;

    Connection(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void close() {
      try (client; server) {
        reads = false;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  MovingAddress(InetSocketAddress target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  URI uri() {
    return URI.create("redis://127.0.0.1:" + listener.getLocalPort());
  }

  /** Leads elsewhere from now on; who is connected has to connect anew. */
  void moveTo(InetSocketAddress other) {
    target = other;
    connections.forEach(Connection::close);
    connections.clear();
  }

  /** Likewise, but who waits for entries of a stream stays where he is. */
  void moveCommandsTo(InetSocketAddress other) {
    target = other;
    connections.stream().filter(each -> !each.reads).forEach(Connection::close);
    connections.removeIf(each -> !each.reads);
  }

  /**
   * Loses from now on what servers send, while all that clients send arrives; or no longer. Who has lost something then
   * has to connect anew.
   */
  void mute(boolean now) {
    mute = now;
    if (!now) {
      connections.stream().filter(each -> each.gap).forEach(Connection::close);
      connections.removeIf(each -> each.gap);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket();
        try {
          server.connect(target);
        } catch (IOException e) {
          client.close();
          continue;
        }
        Connection connection = new Connection(client, server);
        connections.add(connection);
        Thread.ofVirtual().start(() -> pump(client, server, connection, true));
        Thread.ofVirtual().start(() -> pump(server, client, connection, false));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void pump(Socket from, Socket to, Connection connection, boolean toServer) {
    try (from; to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8192];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (toServer && new String(buffer, 0, read, StandardCharsets.ISO_8859_1).contains("XREAD")) {
          connection.reads = true;
        }
        if (mute && !toServer) {
          connection.gap = true;
        } else {
          out.write(buffer, 0, read);
        }
      }
    } catch (IOException e) {
      // Closed, by either side or by a move.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    connections.forEach(Connection::close);
  }
}
