package dev.scalable.idempotency;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dagger.BindsInstance;
import dagger.Component;
import dev.scalable.TestStack;
import dev.scalable.config.Settings;
import dev.scalable.db.Db;
import dev.scalable.db.DbModule;
import dev.scalable.db.DbUnavailable;
import dev.scalable.health.HealthCheck;
import dev.scalable.http.ErrorMapper;
import dev.scalable.http.Filter;
import dev.scalable.http.Principal;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.json.JsonModule;
import dev.scalable.lifecycle.Part;
import dev.scalable.server.TestServer;
import dev.scalable.server.Wire;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One instance with a pool of its own, whose routes do what the test says at the moment. Who asks stands in the header
 * {@code X-Who}.
 */
final class KeyedInstance implements AutoCloseable {

  private final Wiring wiring;
  private final TestServer server;
  private final AtomicInteger entered = new AtomicInteger();
  private volatile Idempotent.BodyWork<String> work;

  @Singleton
  @Component(modules = {DbModule.class, JsonModule.class, IdempotencyModule.class})
  interface Wiring {
    Idempotent idempotent();

    Once once();

    KeyTable table();

    Db db();

    Set<Part> parts();

    Set<HealthCheck> checks();

    /** The check that keeps an instance without its table from becoming ready. */
    default HealthCheck keyCheck() {
      return checks().stream().filter(check -> check.name().equals("idempotency keys")).findFirst().orElseThrow();
    }

    /** Gives the settings. */
    @Component.Factory
    interface Factory {
      Wiring of(@BindsInstance Settings settings);
    }
  }

  static Wiring wiring(int port, String... others) {
    Map<String, String> environment = new HashMap<>(Map.of("SCALABLE_DB_URL", "jdbc:postgresql://127.0.0.1:" + port + "/app",
        "SCALABLE_DB_USER", TestStack.postgres().user(), "SCALABLE_DB_PASSWORD", TestStack.postgres().password()));
    for (int i = 0; i < others.length; i += 2) {
      environment.put(others[i], others[i + 1]);
    }
    return DaggerKeyedInstance_Wiring.factory().of(Settings.of(environment));
  }

  /** Starts parts in their order. */
  static void start(Wiring wiring) throws Exception {
    for (Part.Stage stage : Part.Stage.values()) {
      for (Part part : wiring.parts()) {
        if (part.stage() == stage) {
          part.start();
        }
      }
    }
  }

  static void stop(Wiring wiring) throws Exception {
    for (Part.Stage stage : List.of(Part.Stage.values()).reversed()) {
      for (Part part : wiring.parts()) {
        if (part.stage() == stage) {
          part.stop();
        }
      }
    }
  }

  private KeyedInstance(Wiring wiring, Idempotent.BodyWork<String> work) throws Exception {
    this.wiring = wiring;
    this.work = work;
    Idempotent once = wiring.idempotent();
    Idempotent optional = once.withOptionalKey();
    Filter who = (request, next) -> {
      entered.incrementAndGet();
      return next.proceed(request.header("X-Who").map(name -> request.as(Principal.named(name))).orElse(request));
    };
    Set<Route> routes = Set.of(
        once.post("/work", String.class, (tx, r, text) -> this.work.in(tx, r, text)).with(who),
        once.post("/work/{id}", String.class, (tx, r, text) -> this.work.in(tx, r, text)).with(who),
        once.post("/bare", (tx, r) -> this.work.in(tx, r, new String(r.body(), ISO_8859_1))).with(who),
        once.post("/hurried", String.class, (tx, r, text) -> this.work.in(tx, r, text)).with(who)
            .withTimeout(Duration.ofSeconds(1)),
        once.patch("/work/{id}", String.class, (tx, r, text) -> this.work.in(tx, r, text)).with(who),
        once.delete("/work/{id}", (tx, r) -> this.work.in(tx, r, "deleted")).with(who),
        optional.put("/work/{id}", String.class, (tx, r, text) -> this.work.in(tx, r, text)).with(who),
        Route.post("/plain", String.class, (r, text) -> {
          wiring.db().write(tx -> tx.handle().execute("insert into plain (text) values (?)", text));
          return Response.noContent();
        }));
    start(wiring);
    server = TestServer.start(TestServer.settings(TestServer.threads()), routes,
        ErrorMapper.of(DbUnavailable.class, e -> Problem.unavailable("the database")));
  }

  static KeyedInstance start(Idempotent.BodyWork<String> work, String... settings) throws Exception {
    return new KeyedInstance(wiring(TestStack.postgres().address().getPort(), settings), work);
  }

  static KeyedInstance startOn(int port, Idempotent.BodyWork<String> work, String... settings) throws Exception {
    return new KeyedInstance(wiring(port, settings), work);
  }

  static Route routeWithoutState(Idempotent idempotent) {
    return idempotent.post("/x", (tx, r) -> Response.noContent());
  }

  /** What its routes do from now on. */
  void does(Idempotent.BodyWork<String> other) {
    work = other;
  }

  /** How many requests have come to a route with a key so far. */
  int entered() {
    return entered.get();
  }

  Wiring parts() {
    return wiring;
  }

  /** Sends a request with a JSON text as its body, on a connection of its own. */
  Wire.Answer ask(String methodAndTarget, @Nullable String key, String text, String... headers) {
    String[] all = new String[headers.length + (key == null ? 2 : 3)];
    String json = "\"" + text + "\"";
    System.arraycopy(headers, 0, all, 0, headers.length);
    all[headers.length] = "Content-Type: application/json";
    all[headers.length + 1] = "Content-Length: " + json.length();
    if (key != null) {
      all[headers.length + 2] = "Idempotency-Key: " + key;
    }
    try (Wire wire = server.connect()) {
      return wire.ask(Wire.head(methodAndTarget, all) + json);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws Exception {
    server.close();
    stop(wiring);
  }
}
