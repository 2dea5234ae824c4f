package dev.scalable.testkit.junit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.scalable.testkit.cluster.AppSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** An app that gets into the trouble it is asked for. */
public final class TroubleApp {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private TroubleApp() {}

  /** Tells the testkit of it. */
  public static final class Spec implements Supplier<AppSpec> {
    @Override
    public AppSpec get() {
      return AppSpec.mainClass(TroubleApp.class);
    }
  }

  /** Listens where app.properties of the tests says. */
  public static void main(String[] args) throws IOException {
    String id = System.getenv("TINY_ID");
    int port = Integer.parseInt(System.getenv("TINY_PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> answer(exchange, id, ""));
    server.createContext("/error", exchange -> answer(exchange, 500));
    server.createContext("/print", exchange -> {
      System.out.println(exchange.getRequestURI().getQuery());
      answer(exchange, id, "");
    });
    server.createContext("/exit", exchange -> {
      answer(exchange, id, "");
      Runtime.getRuntime().halt(7);
    });
    server.createContext("/spawn", exchange ->
        answer(exchange, id, Long.toString(new ProcessBuilder("setsid", "sleep", "600").start().pid())));
    server.start();
  }

  /** Asks an instance, or the balancer, for {@code path}; the body of the answer. */
  static String ask(URI base, String path) {
    HttpRequest request = HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(20)).build();
    try {
      return CLIENT.send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new AssertionError(request + " was not answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void answer(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private static void answer(HttpExchange exchange, String id, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("X-Tiny", id);
    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
