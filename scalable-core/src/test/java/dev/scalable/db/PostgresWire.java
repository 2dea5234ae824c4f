package dev.scalable.db;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a client and PostgreSQL: counts the round trips, and once armed closes both ends on the reply to the
 * next commit.
 */
public final class PostgresWire implements AutoCloseable {

  /** The tag of the reply to a commit. */
  private static final String COMMITTED = "COMMIT\0";

  /**
   * Sync, with its length: the end of what a client sends before it waits for the answers (PostgreSQL manual,
   * frontend/backend protocol, message formats).
   */
  private static final String SYNC = "S\0\0\0\4";

  private final ServerSocket listener;
  private final int target;
  private final AtomicBoolean armed = new AtomicBoolean();
  private final AtomicInteger roundTrips = new AtomicInteger();

  public PostgresWire(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  public void dropNextReply() {
    armed.set(true);
  }

  /** How many there were, on all connections. */
  int roundTrips() {
    return roundTrips.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        Thread.ofVirtual().start(() -> pump(client, server, this::counted));
        // What the client sends does not always tell: a statement that was prepared goes by a name.
        Thread.ofVirtual().start(() -> pump(server, client,
            bytes -> !(bytes.contains(COMMITTED) && armed.compareAndSet(true, false))));
      } catch (IOException e) {
        return;
      }
    }
  }

  private boolean counted(String bytes) {
    for (int at = bytes.indexOf(SYNC); at >= 0; at = bytes.indexOf(SYNC, at + 1)) {
      roundTrips.incrementAndGet();
    }
    return true;
  }

  private interface Gate {
    boolean passes(String bytes);
  }

  private static void pump(Socket from, Socket to, Gate gate) {
    try (from; to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[64 * 1024];
      for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
        if (!gate.passes(new String(buffer, 0, count, ISO_8859_1))) {
          return;
        }
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // One end has gone: both are closed.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
