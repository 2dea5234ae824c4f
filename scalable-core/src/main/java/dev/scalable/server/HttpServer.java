package dev.scalable.server;

import dev.scalable.check.SharedState;
import dev.scalable.health.Readiness;
import dev.scalable.http.ErrorMapper;
import dev.scalable.http.JsonCodec;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Part;
import io.undertow.UndertowOptions;
import io.undertow.server.protocol.http.HttpOpenListener;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * The server as a part of the service: listens, and drains before it stops.
 *
 * <p>The listener and its worker are made here and not by Undertow's builder, whose {@code stop()} ends the worker together with
 * the listener and so cuts every request in flight. The drain, in order: readiness off; a delay for balancers that must notice
 * it; every answer asks for its connection to be closed; the listening socket is closed, so that a proxy is refused at once and
 * tries another instance; requests in flight, and those that still arrive on open connections, are answered; then the worker ends.
 * At no point is a request answered 503: a proxy would hand that to the client.
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
  private final Set<ErrorMapper> mappers;
  private final JsonCodec json;
  private final Readiness readiness;
  private final Connections connections = new Connections();

  private @Nullable XnioWorker worker;
  private @Nullable AcceptingChannel<? extends StreamConnection> listener;
  private @Nullable HandlerThreads threads;
  private @Nullable BoundedBufferPool buffers;

  @Inject
  HttpServer(ServerSettings settings, Set<Route> routes, Set<ErrorMapper> mappers, JsonCodec json, Readiness readiness) {
    this.settings = settings;
    this.routes = routes;
    this.mappers = mappers;
    this.json = json;
    this.readiness = readiness;
  }

  @Override
  public String name() {
    return "the HTTP server on " + settings.host() + ":" + settings.port();
  }

  @Override
  public Stage stage() {
    return Stage.TRAFFIC;
  }

  /**
   * Listens, and declares this instance ready.
   *
   * @throws IllegalStateException if routes are malformed or duplicate; all of them are named
   * @throws IOException if the address cannot be bound
   */
  @Override
  public void start() throws IOException {
    Set<Route> all = new HashSet<>(routes);
    all.addAll(HealthRoutes.of(readiness));
    RouteTable table = RouteTable.of(all);
    HandlerThreads handlerThreads = HandlerThreads.of(settings.threads());
    threads = handlerThreads;
    ResponseWriter writer = new ResponseWriter(json, settings.instanceId(), connections);
    RequestPath path = new RequestPath(table, settings, connections, handlerThreads,
        new Call.Steps(json, writer, new Failures(mappers)));
    listen(path);
    readiness.enter(Readiness.State.READY);
    log.info("{} listens on {}:{} with {} routes, handlers on {} threads", settings.instanceId(), settings.host(), port(),
        all.size(), settings.threads().name().toLowerCase(Locale.ROOT));
  }

  private void listen(RequestPath path) throws IOException {
    int ioThreads = Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));
    XnioWorker ioWorker = Xnio.getInstance(HttpServer.class.getClassLoader()).createWorker(OptionMap.builder()
        .set(Options.WORKER_NAME, "http")
        .set(Options.WORKER_IO_THREADS, ioThreads)
        // Undertow wants a task pool; nothing of ours runs on it.
        .set(Options.WORKER_TASK_CORE_THREADS, 1)
        .set(Options.WORKER_TASK_MAX_THREADS, 1)
        .getMap());
    worker = ioWorker;
    BoundedBufferPool pool = BoundedBufferPool.direct(BUFFER_SIZE, BUFFERS_KEPT);
    buffers = pool;
    HttpOpenListener open = new HttpOpenListener(pool, protocolOptions());
    open.setRootHandler(path);
    ChannelListener<AcceptingChannel<StreamConnection>> accept = ChannelListeners.openListenerAdapter(connection -> {
      connections.accepted(connection);
      open.handleEvent(connection);
    });
    InetSocketAddress address = new InetSocketAddress(settings.host(), settings.port());
    AcceptingChannel<? extends StreamConnection> channel;
    try {
      channel = ioWorker.createStreamConnectionServer(address, accept, socketOptions());
    } catch (IOException | UnresolvedAddressException e) {
      throw new IOException("cannot listen on " + settings.host() + ":" + settings.port() + " (" + e
          + "): another process has the port, or it is not ours to take; set SCALABLE_HTTP_PORT to a free one", e);
    }
    listener = channel;
    channel.resumeAccepts();
  }

  /** What a client may send, and how long it may take. READ_TIMEOUT is left out: it would close idle connections too. */
  private OptionMap protocolOptions() {
    return OptionMap.builder()
        .set(UndertowOptions.MAX_HEADER_SIZE, 16 * 1024)
        .set(UndertowOptions.MAX_HEADERS, 100)
        .set(UndertowOptions.MAX_PARAMETERS, 200)
        .set(UndertowOptions.MAX_COOKIES, 50)
        // Counts the sizes and extensions of chunks as well, and cuts the connection: a guard against a body that is nothing but
        // those. The limit that a client is told of is BodyReader's.
        .set(UndertowOptions.MAX_ENTITY_SIZE, 4L * largestBody() + 64 * 1024)
        .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, 5_000)
        .set(UndertowOptions.NO_REQUEST_TIMEOUT, (int) settings.idleTimeout().toMillis())
        // Decoded by RawPath, once, after routing has split it.
        .set(UndertowOptions.DECODE_URL, false)
        .set(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, false)
        .set(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
        .set(UndertowOptions.BUFFER_PIPELINED_DATA, true)
        .set(UndertowOptions.ENABLE_HTTP2, false)
        .set(UndertowOptions.ENABLE_STATISTICS, false)
        .getMap();
  }

  private int largestBody() {
    return routes.stream().map(Route::maxBody).filter(Objects::nonNull).mapToInt(Integer::intValue)
        .reduce(settings.maxBody(), Math::max);
  }

  private static OptionMap socketOptions() {
    return OptionMap.builder()
        .set(Options.TCP_NODELAY, true)
        .set(Options.REUSE_ADDRESSES, true)
        .set(Options.BACKLOG, 1024)
        // A client that does not read its response.
        .set(Options.WRITE_TIMEOUT, 15_000)
        .getMap();
  }

  /** What the app has this server answer, and with these very objects; without the routes of its health. */
  public Set<Route> routes() {
    return Set.copyOf(routes);
  }

  /** What this server makes problems of the app's exceptions with. */
  public Set<ErrorMapper> errorMappers() {
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
    return listener.getLocalAddress(InetSocketAddress.class).getPort();
  }

  /** How many connections may still carry a request. */
  int openConnections() {
    return connections.open();
  }

  /** Drains and stops, in the order that the class comment gives. Without a start, does nothing. */
  @Override
  public void stop() throws IOException, InterruptedException {
    if (worker == null) {
      return;
    }
    try {
      if (listener != null) {
        drain(listener);
      }
    } finally {
      worker.shutdownNow();
      worker.awaitTermination(1, TimeUnit.SECONDS);
      if (threads != null) {
        threads.stop();
      }
      if (buffers != null) {
        buffers.close();
      }
    }
  }

  private void drain(AcceptingChannel<? extends StreamConnection> accepting) throws IOException, InterruptedException {
    long began = System.nanoTime();
    readiness.enter(Readiness.State.DRAINING);
    TimeUnit.NANOSECONDS.sleep(settings.drainDelay().toNanos());
    connections.drain();
    accepting.close();
    Duration idle = IDLE_CONNECTIONS_DRAIN.compareTo(settings.drainTimeout()) < 0 ? IDLE_CONNECTIONS_DRAIN : settings.drainTimeout();
    boolean quiet = connections.awaitQuiet(idle, settings.drainTimeout());
    long took = Duration.ofNanos(System.nanoTime() - began).toMillis();
    if (quiet) {
      log.info("{} drained in {} ms", settings.instanceId(), took);
    } else {
      log.warn("{} drained for {} ms and gives up on {} requests in flight", settings.instanceId(), took, connections.inFlight());
    }
  }
}
