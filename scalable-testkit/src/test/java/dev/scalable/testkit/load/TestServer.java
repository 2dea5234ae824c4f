package dev.scalable.testkit.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server on a raw socket that can misbehave in any way: a script is given every request, its place on the connection
 * and the socket itself. It counts connections and requests, and leaves no thread when it is closed.
 */
public final class TestServer implements AutoCloseable {
  /** What a connection does with a request; returns whether it goes on with the next one. */
  @FunctionalInterface
  public interface Script {
    /** Answers, or does not. */
    boolean answer(Request request, Socket socket) throws Exception;
  }

  /**
   * A request as it came.
   *
   * @param head the request line and headers, with all line ends
   * @param body the body, read as UTF-8
   * @param onConnection its place on its connection, from 1
   * @param overall its place among all, from 1
   */
  public record Request(String head, String body, int onConnection, int overall) {
    /** Returns the value of a header; empty if it is absent. */
    public String header(String name) {
      return head.lines()
          .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst()
          .orElse("");
    }
  }

  private final ServerSocket listener;
  private final Script script;
  private final Thread acceptor = Thread.ofPlatform().daemon().name("test-server").unstarted(this::accept);
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();

  private TestServer(Script script) throws IOException {
    this.script = script;
    this.listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
  }

  /** Starts a server on a free port. */
  public static TestServer start(Script script) throws IOException {
    TestServer server = new TestServer(script);
    server.acceptor.start();
    return server;
  }

  /** A script that answers everything with these bytes and keeps the connection. */
  public static Script always(String response) {
    byte[] bytes = response.getBytes(StandardCharsets.ISO_8859_1);
    return (request, socket) -> {
      socket.getOutputStream().write(bytes);
      return true;
    };
  }

  /** A script that answers as instances a and b in turn, as an exact round robin would. */
  public static Script roundRobin(String... instances) {
    return (request, socket) -> {
      String instance = instances[(request.overall() - 1) % instances.length];
      return always(ok("X-Instance-Id: " + instance + "\r\n")).answer(request, socket);
    };
  }

  /** A good response with more header lines, each with its line end. */
  public static String ok(String headers) {
    return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: 2\r\n\r\nok";
  }

  /** A response with a status and no body. */
  public static String status(int status, String headers) {
    return "HTTP/1.1 " + status + " X\r\n" + headers + "Content-Length: 0\r\n\r\n";
  }

  /** Ends a connection with a reset instead of an orderly end. */
  public static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Returns where it listens. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** Returns how many connections it accepted. */
  public int connections() {
    return connections.get();
  }

  /** Returns how many requests it read. */
  public int requests() {
    return requests.get();
  }

  /** Closes all idle connections from this side. */
  public void closeConnections() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** Stops everything, and waits: until its thread has left the accept, the kernel still takes connections. */
  @Override
  public void close() throws IOException {
    listener.close();
    join(acceptor);
    closeConnections();
    for (Thread thread : threads) {
      thread.interrupt();
      join(thread);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        sockets.add(socket);
        Thread thread = Thread.ofPlatform().daemon().name("test-server-connection").unstarted(() -> serve(socket));
        threads.add(thread);
        thread.start();
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int count = 1; ; count++) {
        String head = head(in);
        if (head.isEmpty()) {
          return;
        }
        Request unread = new Request(head, "", count, 0);
        String length = unread.header("Content-Length");
        byte[] body = in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
        String text = new String(body, StandardCharsets.UTF_8);
        if (!script.answer(new Request(head, text, count, requests.incrementAndGet()), socket)) {
          return;
        }
      }
    } catch (Exception ended) {
      // The client went away, or the test is over.
    } finally {
      sockets.remove(socket);
      threads.remove(Thread.currentThread());
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.append((char) b);
      if (b == '\n' && head.length() > 3 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
        return head.toString();
      }
    }
    return "";
  }
}
