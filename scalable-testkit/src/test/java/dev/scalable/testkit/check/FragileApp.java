package dev.scalable.testkit.check;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** An app that dies of one request: {@code /die/app-1} ends the instance of that name before it answers. */
public final class FragileApp {
  private FragileApp() {}

  public static void main(String[] args) throws IOException {
    String id = System.getenv("TINY_ID");
    int port = Integer.parseInt(System.getenv("TINY_PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress(System.getenv("TINY_HOST"), port), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> answer(exchange, id));
    server.start();
  }

  private static void answer(HttpExchange exchange, String id) throws IOException {
    exchange.getRequestBody().readAllBytes();
    if (exchange.getRequestURI().getPath().equals("/die/" + id)) {
      Runtime.getRuntime().halt(1);
    }
    byte[] body = id.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("X-Tiny", id);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
