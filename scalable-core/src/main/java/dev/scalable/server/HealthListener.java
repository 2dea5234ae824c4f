package dev.scalable.server;

import dev.scalable.check.SharedState;
import dev.scalable.health.HealthChecks;
import dev.scalable.health.Readiness;
import dev.scalable.http.JsonCodec;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Trace;
import dev.scalable.lifecycle.Part;
import io.undertow.UndertowOptions;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.util.Methods;
import io.undertow.util.SameThreadExecutor;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.OptionMap;

/**
 * Tells of this instance's health on a port and a thread of its own: {@code /health/live}, {@code /health/ready}, and
 * {@code /health/checks} with what was found out about the dependencies.
 *
 * <p>Whoever kills an instance that does not answer must not hear silence from one that is merely busy: an answer here
 * waits for no request, handler or pool. It starts with the first parts, waiting for none of them, and stops after all,
 * so a long start or drain can be told from a death. Only {@code /health/checks} asks somebody else; it waits for nobody
 * longer than the check's own time, and on no thread of this listener.
 */
@Singleton
@SharedState("its socket and buffers")
final class HealthListener implements Part {

  private static final Logger log = LoggerFactory.getLogger(HealthListener.class);

  private static final int BUFFER_SIZE = 4 * 1024;
  private static final int BUFFERS_KEPT = 16;

  private final ServerSettings settings;
  private final Readiness readiness;
  private final HealthChecks checks;
  private final ResponseWriter writer;
  private final Map<String, Supplier<Response>> pages;

  private @Nullable Listener listener;
  private @Nullable BoundedBufferPool buffers;

  @Inject
  HealthListener(ServerSettings settings, Readiness readiness, HealthChecks checks, JsonCodec json, Set<HealthPage> pages) {
    this.settings = settings;
    this.readiness = readiness;
    this.checks = checks;
    // Connections of its own, which never drain: what is asked here is answered to the end.
    this.writer = new ResponseWriter(json, settings.instanceId(), new Connections(), settings.bodyTimeout(),
        new BodyBudget(Long.MAX_VALUE));
    this.pages = byPath(pages);
  }

  private static Map<String, Supplier<Response>> byPath(Set<HealthPage> pages) {
    Map<String, Supplier<Response>> all = new HashMap<>();
    for (HealthPage page : pages) {
      if (all.put(page.path(), page.content()) != null) {
        throw new IllegalArgumentException("Two pages of the health port have the path " + page.path());
      }
    }
    return Map.copyOf(all);
  }

  @Override
  public String name() {
    return "the health port " + (listener == null ? settings.healthPort() : port());
  }

  @Override
  public Stage stage() {
    return Stage.OBSERVATION;
  }

  @Override
  public void start() throws IOException {
    BoundedBufferPool pool = BoundedBufferPool.direct(BUFFER_SIZE, BUFFERS_KEPT);
    buffers = pool;
    HttpOpenListener open = new HttpOpenListener(pool, OptionMap.builder()
        .set(UndertowOptions.MAX_HEADER_SIZE, 16 * 1024)
        .set(UndertowOptions.MAX_ENTITY_SIZE, 16L * 1024)
        .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, 5_000)
        .set(UndertowOptions.NO_REQUEST_TIMEOUT, (int) settings.idleTimeout().toMillis())
        .set(UndertowOptions.ENABLE_HTTP2, false)
        .getMap());
    open.setRootHandler(this::handle);
    listener = Listener.open("health", 1, new InetSocketAddress(settings.host(), settings.healthPort()),
        settings.writeTimeout(), "SCALABLE_HEALTH_PORT", Integer.MAX_VALUE, open::handleEvent);
    log.info("{} tells of its health on {}:{}", settings.instanceId(), settings.host(), port());
  }

  /** The port that is listened on. */
  int port() {
    if (listener == null) {
      throw new IllegalStateException("There is no health port before the start");
    }
    return listener.port();
  }

  private void handle(HttpServerExchange exchange) {
    String id = RequestIds.of(exchange);
    String path = exchange.getRequestPath();
    if (!exchange.getRequestMethod().equals(Methods.GET) && !exchange.getRequestMethod().equals(Methods.HEAD)) {
      write(exchange, id, told(Problem.of(405, "Method Not Allowed", "Here is only something to be read")
          .header("Allow", "GET, HEAD"), id));
    } else if (path.equals("/health/checks")) {
      exchange.dispatch(SameThreadExecutor.INSTANCE, () -> tellChecks(exchange, id));
    } else {
      write(exchange, id, page(path, id));
    }
  }

  private Response page(String path, String id) {
    try {
      return switch (path) {
        case "/health/live" -> HealthRoutes.live();
        case "/health/ready" -> HealthRoutes.ready(readiness.state());
        default -> {
          Supplier<Response> page = pages.get(path);
          yield page == null ? told(Problem.notFound("There is nothing at " + path), id) : page.get();
        }
      };
    } catch (RuntimeException e) {
      log.error("{} GET {} failed", id, path, e);
      return told(Problem.of(500, "Internal Server Error", "This could not be told"), id);
    }
  }

  /** What is asked here belongs to nobody's trace. */
  private static Response told(Problem problem, String id) {
    return problem.response(id, Trace.begin().traceId());
  }

  /** Written on the exchange's own thread, whichever thread the last result came from. */
  private void tellChecks(HttpServerExchange exchange, String id) {
    var unused = checks.results().thenAccept(results -> exchange.getIoThread().execute(() ->
        Connectors.executeRootHandler(onIoThread -> write(onIoThread, id, checks(results)), exchange)));
  }

  /** Always 200: it is for people and alarms to read, and no probe is to act on it. */
  private static Response checks(List<HealthChecks.Result> results) {
    boolean up = results.stream().allMatch(HealthChecks.Result::up);
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("status", status(up));
    told.put("checks", results.stream().collect(Collectors.toMap(HealthChecks.Result::name, HealthListener::told,
        (one, other) -> other, LinkedHashMap::new)));
    return Response.ok(told);
  }

  private static Map<String, Object> told(HealthChecks.Result result) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("status", status(result.up()));
    told.put("millis", result.millis());
    if (result.critical()) {
      told.put("critical", true);
    }
    if (!result.up()) {
      told.put("detail", result.detail());
    }
    return told;
  }

  private static String status(boolean up) {
    return up ? "up" : "down";
  }

  private void write(HttpServerExchange exchange, String id, Response response) {
    writer.write(exchange, id, writer.encode(response, false), ResponseWriter.Then.KEEP);
  }

  /** Stops at once: what is asked here is no work that could be lost. Without a start, does nothing. */
  @Override
  public void stop() throws InterruptedException {
    if (listener != null) {
      listener.stop();
    }
    if (buffers != null) {
      buffers.close();
    }
  }
}
