package dev.scalable.server;

import dev.scalable.config.Settings;
import dev.scalable.health.Readiness;
import dev.scalable.http.ErrorMapper;
import dev.scalable.http.Filters;
import dev.scalable.http.Route;
import dev.scalable.json.JsonModule;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A server on any free port, without the rest of a service. */
public final class TestServer implements AutoCloseable {

  private final HttpServer server;
  private final Readiness readiness = new Readiness();

  private TestServer(ServerSettings settings, Set<Route> routes, Filters filters, Set<ErrorMapper<?>> mappers,
      Set<RequestObserver> observers, BodyBudget bodies) {
    server = new HttpServer(settings, routes, filters, mappers, JsonModule.jsonCodec(), readiness, observers, bodies);
  }

  /**
   * What runs handlers where a test does not say it: both must pass the whole suite, and {@code
   * -Dscalable.test.threads=platform} or {@code virtual} says which one does. Unset, what the JDK would have.
   */
  public static ServerSettings.Threads threads() {
    String asked = System.getProperty("scalable.test.threads");
    return asked == null ? ServerSettings.from(Settings.of(Map.of())).threads()
        : ServerSettings.Threads.valueOf(asked.toUpperCase(Locale.ROOT));
  }

  /**
   * Short limits, so that each can be waited for.
   *
   * @param others settings that differ from these, names and values in turn
   */
  public static ServerSettings settings(ServerSettings.Threads threads, String... others) {
    Map<String, String> environment = new HashMap<>(Map.of("SCALABLE_HTTP_HOST", "127.0.0.1", "SCALABLE_HTTP_PORT", "0",
        "SCALABLE_HEALTH_PORT", "0", "SCALABLE_INSTANCE_ID", "test-1", "SCALABLE_HTTP_THREADS", threads.name().toLowerCase(Locale.ROOT),
        "SCALABLE_HTTP_BODY_TIMEOUT", "400ms", "SCALABLE_HTTP_MAX_BODY_BYTES", "1000", "SCALABLE_DRAIN_TIMEOUT", "10s"));
    for (int i = 0; i < others.length; i += 2) {
      environment.put(others[i], others[i + 1]);
    }
    Settings settings = Settings.of(environment);
    ServerSettings read = ServerSettings.from(settings);
    settings.check();
    return read;
  }

  /** Those, with proxies that are believed. */
  public static ServerSettings trusting(String proxies) {
    return settings(threads(), "SCALABLE_HTTP_TRUSTED_PROXIES", proxies);
  }

  /** A server without routes that has not started. */
  static HttpServer of(ServerSettings settings) {
    return new TestServer(settings, Set.of(), Filters.of(), Set.of(), Set.of(), BodyBudget.ofHeap()).server;
  }

  public static TestServer start(ServerSettings settings, Set<Route> routes, ErrorMapper<?>... mappers) {
    return start(settings, routes, Filters.of(), mappers);
  }

  public static TestServer start(ServerSettings settings, Set<Route> routes, Filters filters, ErrorMapper<?>... mappers) {
    return new TestServer(settings, routes, filters, Set.of(mappers), Set.of(), BodyBudget.ofHeap()).started();
  }

  static TestServer start(ServerSettings settings, Set<Route> routes, BodyBudget bodies) {
    return new TestServer(settings, routes, Filters.of(), Set.of(), Set.of(), bodies).started();
  }

  /** A server whose requests are observed. */
  public static TestServer observed(ServerSettings settings, Set<Route> routes, RequestObserver observer) {
    return new TestServer(settings, routes, Filters.of(), Set.of(), Set.of(observer), BodyBudget.ofHeap()).started();
  }

  private TestServer started() {
    try {
      readiness.enter(Readiness.State.STARTING);
      server.start();
      readiness.enter(Readiness.State.READY);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return this;
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

  int requestsInFlight() {
    return server.requestsInFlight();
  }

  boolean refusing() {
    return server.refusing();
  }

  Readiness.State readiness() {
    return readiness.state();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (readiness.state() == Readiness.State.READY) {
      readiness.enter(Readiness.State.DRAINING);
    }
    server.stop();
  }
}
