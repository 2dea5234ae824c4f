package dev.scalable.testkit.shop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * An HTTP server of one thread for each connection. The JDK's own server closes idle connections when it stops, and so
 * loses the request that the balancer is just writing to one of them; this one lets the balancer close them.
 */
final class HttpLoop {
  /** Nginx keeps an idle connection for 5 s. */
  private static final Duration ABANDONED = Duration.ofMillis(5_500);
  private static final long PAUSE_NANOS = 5_000_000;
  private static final int ACCEPT_MILLIS = 20;

  /** Makes the answer; what it throws is answered with 500. */
  @FunctionalInterface
  interface Handler {
    Reply handle(Received request) throws Exception;
  }

  private final ServerSocket listening;
  private final Handler handler;
  private final String instanceHeader;
  private final String instance;
  private final Bugs bugs;
  private final Set<Http> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch accepted = new CountDownLatch(1);
  private volatile boolean draining;

  HttpLoop(ShopSettings settings, Handler handler, Bugs bugs) throws IOException {
    this.listening = new ServerSocket();
    listening.setReuseAddress(true); // a restart must not wait for the connections of the run before
    listening.setSoTimeout(ACCEPT_MILLIS);
    listening.bind(new InetSocketAddress(settings.host(), settings.port()), 1_024);
    this.handler = handler;
    this.instanceHeader = settings.instanceHeader();
    this.instance = settings.instance();
    this.bugs = bugs;
  }

  /**
   * Takes connections until {@link #drain} ends it, and then those that wait in the queue of the system: closing the
   * socket over them would reset them, with requests already on their way.
   */
  void serve() throws IOException {
    try (listening) {
      boolean more = true;
      while (more) {
        boolean last = draining;
        more = take() || !last;
      }
    } finally {
      accepted.countDown();
    }
  }

  /** Takes a connection if there is one. */
  private boolean take() {
    try {
      Socket socket = listening.accept();
      Http connection = new Http(socket);
      open.add(connection);
      Thread.ofVirtual().name("connection").start(() -> talk(connection));
      return true;
    } catch (SocketTimeoutException none) {
      return false;
    } catch (IOException e) {
      System.err.println(instance + " cannot accept: " + e);
      return false;
    }
  }

  boolean draining() {
    return draining;
  }

  /**
   * Refuses new connections, answers what still comes on open ones with {@code Connection: close}, and returns when all
   * are closed, or {@code limit} is over.
   */
  void drain(Duration limit) {
    draining = true;
    long end = System.nanoTime() + limit.toNanos();
    while (accepted.getCount() > 0 && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    while (!open.isEmpty() && System.nanoTime() - end < 0) {
      open.stream().filter(connection -> connection.idleFor(ABANDONED)).forEach(HttpLoop::closeQuietly);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void talk(Http connection) {
    try (connection) {
      for (Received request = connection.receive(); request != null; request = connection.receive()) {
        Reply reply = answer(request);
        boolean last = draining || "close".equalsIgnoreCase(request.header("connection"));
        connection.send(reply, headers(request), last);
        if (last) {
          return;
        }
      }
    } catch (IOException | NumberFormatException gone) {
      // The client went away or sends no HTTP: there is nobody to tell.
    } finally {
      open.remove(connection);
    }
  }

  private Reply answer(Received request) {
    try {
      return handler.handle(request);
    } catch (Refused refused) {
      return problem(refused.status(), String.valueOf(refused.getMessage()));
    } catch (Exception broken) {
      System.err.println(instance + " failed at " + request.method() + " " + request.path() + ": " + broken);
      return problem(500, String.valueOf(broken));
    }
  }

  private Map<String, String> headers(Received request) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(instanceHeader, instance);
    String id = request.header("x-request-id");
    if (id != null && !bugs.has(Bug.REQUEST_ID_LOST)) {
      headers.put("X-Request-Id", id);
    }
    return headers;
  }

  private static Reply problem(int status, String title) {
    String quoted = title.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ");
    return new Reply(status, "{\"status\":" + status + ",\"title\":\"" + quoted + "\"}");
  }

  private static void closeQuietly(Http connection) {
    try {
      connection.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
