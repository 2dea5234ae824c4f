package dev.scalable.server;

import dev.scalable.check.SharedState;
import dev.scalable.health.Readiness;
import dev.scalable.http.ErrorMapper;
import dev.scalable.http.Filter;
import dev.scalable.http.Filters;
import dev.scalable.http.JsonCodec;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Part;
import io.undertow.UndertowOptions;
import io.undertow.server.protocol.http.HttpOpenListener;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.OptionMap;

/**
 * The server as a part of the service: listens, and drains before it stops.
 *
 * <p>The listener and its worker are made here and not by Undertow's builder, whose {@code stop()} ends the worker
 * together with the listener and so cuts every request in flight. The drain, in order: a delay for balancers that must
 * notice that this instance is not ready any more; the listening socket is closed, so that a proxy is refused at once and tries another
 * instance; every answer asks for its connection to be closed; requests in flight, and those that still arrive on open
 * connections, are answered; then the worker ends. At no point is a request answered 503: a proxy would hand that to
 * the client.
 */
@Singleton
@SharedState("the sockets, threads and buffers of this instance")
public final class HttpServer implements Part {

  private static final Logger log = LoggerFactory.getLogger(HttpServer.class);

  private static final int BUFFER_SIZE = 16 * 1024;
  /** 16 MiB of direct memory at most lie idle; more is allocated under load and given back. */
  private static final int BUFFERS_KEPT = 1024;

  /** Longer than the proxy keeps an idle connection open (5 s in our templates): until then it may still send a request on it. */
  private static final Duration IDLE_CONNECTIONS_DRAIN = Duration.ofSeconds(6);

  private final ServerSettings settings;
  private final Set<Route> routes;
  private final Filters filters;
  private final Set<ErrorMapper<?>> mappers;
  private final JsonCodec json;
  private final Readiness readiness;
  private final BodyBudget bodies;
  private final Set<RequestObserver> observers;
  private final Connections connections = new Connections();
  private final AtomicBoolean stopped = new AtomicBoolean();

  private @Nullable Listener listener;
  private @Nullable HandlerThreads threads;
  private @Nullable LiveBodies live;
  private @Nullable BoundedBufferPool buffers;
  private int maxConnections;

  @Inject
  HttpServer(ServerSettings settings, Set<Route> routes, Optional<Filters> filters, Set<ErrorMapper<?>> mappers, JsonCodec json,
      Readiness readiness, Set<RequestObserver> observers) {
    this(settings, routes, filters.orElse(Filters.of()), mappers, json, readiness, observers, BodyBudget.ofHeap());
  }

  HttpServer(ServerSettings settings, Set<Route> routes, Filters filters, Set<ErrorMapper<?>> mappers, JsonCodec json,
      Readiness readiness, Set<RequestObserver> observers, BodyBudget bodies) {
    this.settings = settings;
    this.routes = routes;
    this.filters = filters;
    this.mappers = mappers;
    this.json = json;
    this.readiness = readiness;
    this.observers = observers;
    this.bodies = bodies;
  }

  @Override
  public String name() {
    return "the HTTP server on " + settings.host() + ":" + (listener == null ? settings.port() : port());
  }

  @Override
  public Stage stage() {
    return Stage.TRAFFIC;
  }

  /**
   * Listens.
   *
   * @throws IllegalStateException if routes are malformed or duplicate, or error mappers are; all of them are named
   * @throws IOException if the address cannot be bound
   */
  @Override
  public void start() throws IOException {
    Set<Route> health = HealthRoutes.of(readiness);
    Mistakes mistakes = new Mistakes();
    RouteTable table = mistakes.of(() -> RouteTable.of(routes, filters.list(), health));
    Failures failures = mistakes.of(() -> Failures.of(mappers));
    if (table == null || failures == null) {
      throw mistakes.failed();
    }
    Observers observed = Observers.of(observers, Stream.concat(routes.stream(), health.stream()).toList(),
        new Clients(TrustedProxies.parse(settings.trustedProxies())));
    HandlerThreads handlerThreads = HandlerThreads.of(settings.threads(), settings.maxInFlight());
    threads = handlerThreads;
    BodyBudget answers = bodies.another();
    ResponseWriter writer = new ResponseWriter(json, settings.instanceId(), connections, settings.bodyTimeout(),
        answers);
    InFlight inFlight = new InFlight(handlerThreads, settings.maxInFlight(), settings.queueTime());
    LiveBodies liveBodies = new LiveBodies(writer, inFlight, handlerThreads, answers);
    live = liveBodies;
    RequestPath path = new RequestPath(table, settings, observed, connections,
        inFlight, bodies, new Call.Steps(json, writer, liveBodies, failures, handlerThreads),
        Chain.of(filters.list(), List.of()).nonBlocking());
    listen(path);
    log.info("{} listens on {}:{} with {} routes, handlers on {} threads", settings.instanceId(), settings.host(), port(),
        routes.size(), settings.threads().name().toLowerCase(Locale.ROOT));
  }

  private void listen(RequestPath path) throws IOException {
    BoundedBufferPool pool = BoundedBufferPool.direct(BUFFER_SIZE, BUFFERS_KEPT);
    buffers = pool;
    HttpOpenListener open = new HttpOpenListener(pool, protocolOptions());
    open.setRootHandler(path);
    int ioThreads = Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));
    InetSocketAddress address = new InetSocketAddress(settings.host(), settings.port());
    maxConnections = FileDescriptors.limit(settings.maxConnections());
    Duration stall = settings.writeTimeout();
    listener = Listener.open("http", ioThreads, address, stall, "SCALABLE_HTTP_PORT", maxConnections, connection -> {
      connections.accepted(connection);
      open.handleEvent(connection);
    });
  }

  /** What a client may send, and how long it may take. READ_TIMEOUT is left out: it would close idle connections too. */
  private OptionMap protocolOptions() {
    return OptionMap.builder()
        .set(UndertowOptions.MAX_HEADER_SIZE, 16 * 1024)
        .set(UndertowOptions.MAX_HEADERS, 100)
        .set(UndertowOptions.MAX_PARAMETERS, 200)
        // Of a chunked body, counts the sizes and extensions of chunks as well: a guard against one that is nothing
        // but those. The limit of the data is its route's.
        .set(UndertowOptions.MAX_ENTITY_SIZE, 4L * largestBody() + 64 * 1024)
        .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, 5_000)
        .set(UndertowOptions.NO_REQUEST_TIMEOUT, (int) settings.idleTimeout().toMillis())
        // Decoded by RawPath, once, after routing has split it.
        .set(UndertowOptions.DECODE_URL, false)
        .set(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, false)
        .set(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
        // Else an answer would be kept until the next request of a pipeline is answered, which may take long.
        .set(UndertowOptions.BUFFER_PIPELINED_DATA, false)
        .set(UndertowOptions.ENABLE_HTTP2, false)
        .set(UndertowOptions.ENABLE_STATISTICS, false)
        .getMap();
  }

  private int largestBody() {
    return routes.stream().map(Route::maxBody).flatMapToInt(OptionalInt::stream).reduce(settings.maxBody(), Math::max);
  }

  /** What the app has this server answer, and with these very objects; without the routes of its health. */
  public Set<Route> routes() {
    return Set.copyOf(routes);
  }

  /** The filters that all of these routes pass, outermost first. */
  public List<Filter> filters() {
    return filters.list();
  }

  /** What this server makes problems of the app's exceptions with. */
  public Set<ErrorMapper<?>> errorMappers() {
    return Set.copyOf(mappers);
  }

  /**
   * The port that the server listens on.
   *
   * @throws IllegalStateException if it has not started
   */
  public int port() {
    if (listener == null) {
      throw new IllegalStateException("The HTTP server has no port before it has started");
    }
    return listener.port();
  }

  /** How many connections are open that may still carry a request. */
  public int openConnections() {
    return connections.open();
  }

  /** The most connections that are open at once; 0 before the start. Others wait in the kernel's queue. */
  public int maxConnections() {
    return maxConnections;
  }

  /** How many requests have been read and not been answered to their last byte, streams included. */
  public int requestsInFlight() {
    return connections.inFlight();
  }

  /** The drain, and a while for the rest. */
  @Override
  public Duration stopTimeout() {
    return settings.drainDelay().plus(settings.drainTimeout()).plusSeconds(3);
  }

  /** Whether new connections are refused, and each answer ends its own. */
  boolean refusing() {
    return connections.draining();
  }

  /** Drains and stops, in the order that the class comment gives. Without a start, and done again, does nothing. */
  @Override
  public void stop() throws IOException, InterruptedException {
    if (stopped.getAndSet(true)) {
      return;
    }
    try {
      if (listener != null) {
        drain(listener);
      }
    } finally {
      if (listener != null) {
        listener.stop();
      }
      if (threads != null) {
        threads.stop();
      }
      if (buffers != null) {
        buffers.close();
      }
    }
  }

  private void drain(Listener open) throws InterruptedException {
    long began = System.nanoTime();
    TimeUnit.NANOSECONDS.sleep(settings.drainDelay().toNanos());
    long deadline = System.nanoTime() + settings.drainTimeout().toNanos();
    boolean closed = open.close(settings.drainTimeout());
    // Only now: an answer that ends a connection makes the proxy open another, which had better be refused than reset.
    connections.drain();
    if (live != null) {
      // They would go on for ever, and their clients come back by themselves.
      live.drain();
    }
    Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    Duration idle = IDLE_CONNECTIONS_DRAIN.compareTo(left) < 0 ? IDLE_CONNECTIONS_DRAIN : left;
    boolean quiet = connections.awaitQuiet(idle, left) && closed;
    long took = Duration.ofNanos(System.nanoTime() - began).toMillis();
    if (quiet) {
      log.info("{} drained in {} ms", settings.instanceId(), took);
    } else {
      log.warn("{} drained for {} ms and gives up on {} requests in flight", settings.instanceId(), took, connections.inFlight());
    }
  }
}
