package dev.scalable.server;

import dev.scalable.health.Readiness;
import dev.scalable.http.ErrorMapper;
import dev.scalable.http.Filters;
import dev.scalable.http.Route;
import dev.scalable.json.JsonModule;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** A server on any free port, without the rest of a service. */
public final class TestServer implements AutoCloseable {

  private final HttpServer server;
  private final Readiness readiness = new Readiness();

  private TestServer(ServerSettings settings, Set<Route> routes, Filters filters, Set<ErrorMapper> mappers) {
    server = new HttpServer(settings, routes, Optional.of(filters), mappers, JsonModule.jsonCodec(), readiness);
  }

  /** Short limits, so that each can be waited for. */
  public static ServerSettings settings(ServerSettings.Threads threads) {
    return new ServerSettings("127.0.0.1", 0, "test-1", threads, Duration.ofSeconds(8), Duration.ofMillis(400), 1_000,
        Duration.ofSeconds(75), Duration.ZERO, Duration.ofSeconds(10));
  }

  public static TestServer start(ServerSettings settings, Set<Route> routes, ErrorMapper... mappers) {
    return start(settings, routes, Filters.of(), mappers);
  }

  public static TestServer start(ServerSettings settings, Set<Route> routes, Filters filters, ErrorMapper... mappers) {
    TestServer made = new TestServer(settings, routes, filters, Set.of(mappers));
    try {
      made.server.start();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return made;
  }

  public static TestServer start(ServerSettings.Threads threads, Route... routes) {
    return start(settings(threads), Set.of(routes));
  }

  public Wire connect() throws IOException {
    return new Wire(port());
  }

  public int port() {
    return server.port();
  }

  public int openConnections() {
    return server.openConnections();
  }

  Readiness.State readiness() {
    return readiness.state();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    server.stop();
  }
}
