package dev.scalable.benchmarks.peer.undertow;

import dev.scalable.benchmarks.peer.NewOrder;
import dev.scalable.benchmarks.peer.Settings;
import dev.scalable.benchmarks.peer.Tables;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RoutingHandler;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.ByteBuffer;
import tools.jackson.databind.json.JsonMapper;

/** Plain Undertow: its router, its pool of workers for every request, its defaults. */
public final class Main {

  private static final HttpString INSTANCE = HttpString.tryFromString("X-Instance-Id");

  private Main() {}

  /** Starts one instance. */
  public static void main(String[] args) {
    Tables tables = new Tables();
    JsonMapper json = JsonMapper.builder().build();
    RoutingHandler routes = Handlers.routing()
        .get("/health/ready", exchange -> exchange.setStatusCode(200))
        .get("/products/{id}", exchange -> send(exchange, json.writeValueAsBytes(tables.cachedProduct(id(exchange)))))
        .get("/orders/{id}", exchange -> send(exchange, json.writeValueAsBytes(tables.order(id(exchange)))))
        .post("/orders", exchange -> {
          NewOrder wanted = json.readValue(exchange.getInputStream(), NewOrder.class);
          String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
          byte[] answer = tables.place(key, wanted, json::writeValueAsBytes);
          exchange.setStatusCode(201);
          send(exchange, answer);
        });
    String instance = Settings.of("INSTANCE_ID");
    HttpHandler named = exchange -> {
      exchange.getResponseHeaders().put(INSTANCE, instance);
      routes.handleRequest(exchange);
    };
    Undertow.builder().addHttpListener(Settings.port(), Settings.of("HOST")).setHandler(new BlockingHandler(named))
        .build().start();
  }

  private static long id(HttpServerExchange exchange) {
    return Long.parseLong(exchange.getQueryParameters().get("id").getFirst());
  }

  private static void send(HttpServerExchange exchange, byte[] json) {
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
    exchange.getResponseSender().send(ByteBuffer.wrap(json));
  }
}
