package dev.scalable.benchmarks.peer.javalin;

import com.fasterxml.jackson.databind.SerializationFeature;
import dev.scalable.benchmarks.peer.NewOrder;
import dev.scalable.benchmarks.peer.Settings;
import dev.scalable.benchmarks.peer.Tables;
import io.javalin.Javalin;
import io.javalin.json.JavalinJackson;
import java.nio.charset.StandardCharsets;

/** Javalin with virtual threads, and its own JSON mapper. */
public final class Main {

  private Main() {}

  /** Starts one instance. */
  public static void main(String[] args) {
    Tables tables = new Tables();
    String instance = Settings.of("INSTANCE_ID");
    JavalinJackson json = new JavalinJackson(null, true)
        .updateMapper(mapper -> mapper.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS));
    Javalin.create(config -> {
      config.concurrency.useVirtualThreads = true;
      config.startup.showJavalinBanner = false;
      config.jsonMapper(json);
      config.routes.before(context -> context.header("X-Instance-Id", instance));
      config.routes.get("/health/ready", context -> context.status(200));
      config.routes.get("/products/{id}",
          context -> context.json(tables.cachedProduct(Long.parseLong(context.pathParam("id")))));
      config.routes.get("/orders/{id}", context -> context.json(tables.order(Long.parseLong(context.pathParam("id")))));
      config.routes.post("/orders", context -> {
        NewOrder wanted = context.bodyAsClass(NewOrder.class);
        byte[] answer = tables.place(context.header("Idempotency-Key"), wanted,
            order -> json.toJsonString(order, order.getClass()).getBytes(StandardCharsets.UTF_8));
        context.status(201).contentType("application/json").result(answer);
      });
    }).start(Settings.of("HOST"), Settings.port());
  }
}
