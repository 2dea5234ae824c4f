package dev.scalable.testkit.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** An app of the JDK alone, that starts in a fraction of a second: every path is answered with the instance's id. */
public final class TinyApp {
  /** What it prints first, before the time. */
  static final String STARTED = "started at ";

  /** Who comes while it is paused waits here, and would be refused where the usual 50 do already. */
  private static final int BACKLOG = 1_000;

  private TinyApp() {}

  /** With the argument "broken" it prints a reason and ends; with "chatty" it prints a hundred lines. */
  public static void main(String[] args) throws IOException {
    System.out.println(STARTED + Instant.now());
    String id = System.getenv().getOrDefault("TINY_ID", "(nameless)");
    if (args.length > 0 && args[0].equals("broken")) {
      System.err.println("this app is broken on purpose, says " + id);
      System.exit(3);
    }
    if (args.length > 0 && args[0].equals("chatty")) {
      IntStream.range(0, 100).forEach(number -> System.out.println("line " + number));
    }
    int port = Integer.parseInt(System.getenv("TINY_PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress(System.getenv("TINY_HOST"), port), BACKLOG);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> answer(exchange, id));
    server.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println(id + " was told to end")));
    System.out.println("flag " + System.getProperty("tiny.flag") + ", arguments " + List.of(args));
    System.out.println(id + " listens");
  }

  private static void answer(HttpExchange exchange, String id) throws IOException {
    byte[] body = (id + " " + exchange.getRequestURI()).getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().add("X-Tiny", id);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
