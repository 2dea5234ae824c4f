package dev.scalable.benchmarks.peer.helidon;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.scalable.benchmarks.peer.NewOrder;
import dev.scalable.benchmarks.peer.Settings;
import dev.scalable.benchmarks.peer.Tables;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.http.media.MediaContext;
import io.helidon.http.media.jackson.JacksonSupport;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;

/** Helidon SE as its guides set it up, with Jackson for JSON. */
public final class Main {

  private static final HeaderName KEY = HeaderNames.create("Idempotency-Key");

  private Main() {}

  /** Starts one instance. */
  public static void main(String[] args) {
    Tables tables = new Tables();
    ObjectMapper json = new ObjectMapper().registerModule(new JavaTimeModule())
        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
    WebServer.builder()
        .host(Settings.of("HOST"))
        .port(Settings.port())
        .mediaContext(MediaContext.builder().addMediaSupport(JacksonSupport.create(json)).build())
        .routing(routing -> routes(routing, tables, json))
        .build()
        .start();
  }

  private static void routes(HttpRouting.Builder routing, Tables tables, ObjectMapper json) {
    var instance = HeaderValues.createCached("X-Instance-Id", Settings.of("INSTANCE_ID"));
    routing
        .addFilter((chain, request, response) -> {
          response.header(instance);
          chain.proceed();
        })
        .get("/health/ready", (request, response) -> response.send())
        .get("/products/{id}", (request, response) -> response.send(tables.cachedProduct(id(request))))
        .get("/orders/{id}", (request, response) -> response.send(tables.order(id(request))))
        .post("/orders", (request, response) -> {
          NewOrder wanted = request.content().as(NewOrder.class);
          byte[] answer = tables.place(request.headers().get(KEY).get(), wanted, json::writeValueAsBytes);
          response.status(Status.CREATED_201).header(HeaderValues.CONTENT_TYPE_JSON).send(answer);
        });
  }

  private static long id(ServerRequest request) {
    return Long.parseLong(request.path().pathParameters().get("id"));
  }
}
