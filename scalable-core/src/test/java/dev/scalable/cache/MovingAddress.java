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
import org.jspecify.annotations.Nullable;

/** An address at which clients find whichever Redis server is the primary, as they do behind a name that moves. */
final class MovingAddress implements AutoCloseable {

  private final ServerSocket listener;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();
  private volatile InetSocketAddress target;

  /** A client's connection, and whether it is one that waits for entries of a stream. */
  private static final class Connection {
    final Socket client;
    final Socket server;
    volatile boolean reads;

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
        Thread.ofVirtual().start(() -> pump(client, server, connection));
        Thread.ofVirtual().start(() -> pump(server, client, null));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void pump(Socket from, Socket to, @Nullable Connection watched) {
    try (from; to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8192];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (watched != null && new String(buffer, 0, read, StandardCharsets.ISO_8859_1).contains("XREAD")) {
          watched.reads = true;
        }
        out.write(buffer, 0, read);
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
