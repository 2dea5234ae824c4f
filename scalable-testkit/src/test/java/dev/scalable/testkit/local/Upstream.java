package dev.scalable.testkit.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A small HTTP server in this JVM, in the place of an instance; it remembers what it was asked. */
final class Upstream implements AutoCloseable {

  static {
    System.setProperty("sun.net.httpserver.nodelay", "true"); // else kept connections wait 40 ms for a delayed ACK
  }

  /** A request as it arrived; header names in lower case. */
  record Received(String method, String target, Map<String, String> headers, String body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Received> received = new ArrayList<>();
  private final Set<InetSocketAddress> connections = new HashSet<>();

  private Upstream(HttpServer server) {
    this.server = server;
  }

  /** A server that answers with its port. */
  static Upstream answering() {
    return handling(exchange -> answer(exchange, 200, String.valueOf(exchange.getLocalAddress().getPort())));
  }

  /** A server that takes requests and closes the connection instead of answering, as a killed instance does. */
  static Upstream dyingOnEachRequest() {
    return handling(HttpExchange::close);
  }

  static Upstream handling(HttpHandler handler) {
    return handlingAt(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), handler);
  }

  static Upstream handlingAt(InetSocketAddress address, HttpHandler handler) {
    try {
      Upstream upstream = new Upstream(HttpServer.create(address, 0));
      upstream.server.setExecutor(upstream.threads);
      upstream.server.createContext(
          "/",
          exchange -> {
            upstream.remember(exchange);
            handler.handle(exchange);
          });
      upstream.server.start();
      return upstream;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** An address at which connections are refused for as long as the socket is open. */
  static Socket nobody() throws IOException {
    Socket boundAndNotListening = new Socket();
    boundAndNotListening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return boundAndNotListening;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  synchronized List<Received> received() {
    return List.copyOf(received);
  }

  /** How many connections its requests came on. */
  synchronized int connections() {
    return connections.size();
  }

  /** Stops listening and closes every connection, answered or not. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void remember(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    synchronized (this) {
      received.add(new Received(exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers, body));
      connections.add(exchange.getRemoteAddress());
    }
  }
}
