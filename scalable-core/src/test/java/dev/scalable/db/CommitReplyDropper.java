package dev.scalable.db;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;

/** Stands between a client and PostgreSQL: once armed, it lets the next COMMIT through and closes both ends on its reply. */
public final class CommitReplyDropper implements AutoCloseable {

  private final ServerSocket listener;
  private final int target;
  private final AtomicBoolean armed = new AtomicBoolean();

  public CommitReplyDropper(int target) throws IOException {
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

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        AtomicBoolean dropping = new AtomicBoolean();
        Thread.ofVirtual().start(() -> pump(client, server, bytes -> {
          if (bytes.contains("COMMIT") && armed.compareAndSet(true, false)) {
            dropping.set(true);
          }
          return true;
        }));
        Thread.ofVirtual().start(() -> pump(server, client, bytes -> !dropping.get()));
      } catch (IOException e) {
        return;
      }
    }
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
