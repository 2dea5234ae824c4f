package dev.scalable.server;

import dev.scalable.http.Lookup;
import dev.scalable.http.Method;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.Headers;
import io.undertow.util.Protocols;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/**
 * What happens to a request, in order. {@link #handleRequest} is the list; each step says why it stands where it stands.
 *
 * <p>Every step up to the handler runs on the IO thread and must not block: it is what thousands of connections share. Only a
 * handler that may block costs a hop to a thread of its own and one back; a value at hand in a lookup is answered without.
 */
final class RequestPath implements HttpHandler {

  /**
   * By text and not by Undertow's HttpString, to which {@code get} is {@code GET}; methods are case-sensitive (RFC 9110 section
   * 9.1).
   */
  private static final Map<String, Method> METHODS =
      Stream.of(Method.values()).collect(Collectors.toUnmodifiableMap(Method::name, Function.identity()));

  private final RouteTable routes;
  private final ServerSettings settings;
  private final Connections connections;
  private final HandlerThreads threads;
  private final Call.Steps steps;

  RequestPath(RouteTable routes, ServerSettings settings, Connections connections, HandlerThreads threads, Call.Steps steps) {
    this.routes = routes;
    this.settings = settings;
    this.connections = connections;
    this.threads = threads;
    this.steps = steps;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    // Counted before anything else: a drain must wait for a request that is refused just as for one that is served.
    connections.enter(exchange);
    // Named next, so that each answer and log line that follows can carry the name.
    String id = RequestIds.of(exchange);
    try {
      // What cannot be told apart from a second request hidden in the body is refused before anything is believed of it.
      refuseAmbiguousFraming(exchange);
      // The path before the route: no later step sees one that could be read in two ways.
      String path = RawPath.of(exchange.getRequestURI());
      Method method = method(exchange);
      if (method == Method.OPTIONS) {
        if (!exchange.isRequestComplete()) {
          throw Problem.badRequest("An OPTIONS request has no body here");
        }
        write(exchange, id, Response.noContent().header("Allow", routes.allowed(path)));
        return;
      }
      // The route before the body: nobody uploads a body to an address that does not exist.
      RouteTable.Match match = routes.find(method, path);
      // The body on the IO thread: a slow upload then costs a buffer and no thread.
      receive(exchange, id, match.route(), body -> proceed(exchange, id, path, match, body));
    } catch (RuntimeException e) {
      refuse(exchange, id, e);
    }
  }

  private void proceed(HttpServerExchange exchange, String id, String path, RouteTable.Match match, byte[] body) {
    Duration limit = match.route().timeout() == null ? settings.requestTimeout() : match.route().timeout();
    ExchangeRequest request = new ExchangeRequest(exchange, id, path, match, body, System.nanoTime() + limit.toNanos());
    // A value at hand needs no thread; it is the fast path, and the same list has led to it.
    if (match.route().action() instanceof Route.Action.Answer<?, ?> lookup) {
      Response known = atHand(lookup, request);
      if (known != null) {
        write(exchange, id, known);
        return;
      }
    }
    // The blocking boundary, with the deadline set before it: the wait for a thread counts as well.
    Call call = new Call(exchange, request, match.route().action(), steps);
    call.expireAfter(limit);
    exchange.dispatch(task -> {
      try {
        threads.execute(task);
      } catch (RejectedExecutionException e) {
        call.refuse(e);
      }
    }, call);
  }

  /** The answer of a lookup that has the value at hand; null if it must be loaded. */
  private static <K, V> @Nullable Response atHand(Route.Action.Answer<K, V> lookup, ExchangeRequest request) {
    Lookup.Found<V> found = lookup.values().peek(lookup.key().apply(request));
    return found == null ? null : Call.answer(lookup, request, found.value());
  }

  /** RFC 9112 section 6.1: only {@code chunked}, only in HTTP/1.1. Undertow reads other codings as if they were that one. */
  private static void refuseAmbiguousFraming(HttpServerExchange exchange) {
    String coding = exchange.getRequestHeaders().getFirst(Headers.TRANSFER_ENCODING);
    if (coding == null) {
      return;
    }
    // Its chunk parser is lenient as well, so what follows a chunked body on this connection is never read as a request.
    exchange.setPersistent(false);
    if (!coding.equalsIgnoreCase("chunked") || exchange.getRequestHeaders().get(Headers.TRANSFER_ENCODING).size() > 1
        || !exchange.getProtocol().equals(Protocols.HTTP_1_1)) {
      throw Problem.badRequest("The only transfer coding accepted is chunked, in HTTP/1.1");
    }
  }

  private static Method method(HttpServerExchange exchange) {
    Method method = METHODS.get(exchange.getRequestMethod().toString());
    if (method == null) {
      throw Problem.of(501, "Not Implemented", "No resource here has a method of this name");
    }
    return method;
  }

  private void receive(HttpServerExchange exchange, String id, Route route, Consumer<byte[]> next) {
    if (exchange.isRequestComplete()) {
      next.accept(new byte[0]);
      return;
    }
    int limit = route.maxBody() == null ? settings.maxBody() : route.maxBody();
    BodyReader.read(exchange, limit, settings.bodyTimeout(), new BodyReader.Receiver() {
      @Override
      public void complete(byte[] body) {
        // The body may arrive when handleRequest has returned, so a failure must be caught again.
        try {
          next.accept(body);
        } catch (RuntimeException e) {
          refuse(exchange, id, e);
        }
      }

      @Override
      public void refused(Problem problem, ResponseWriter.Then then) {
        refuse(exchange, id, problem, then);
      }
    });
  }

  private void write(HttpServerExchange exchange, String id, Response response) {
    steps.writer().write(exchange, id, steps.writer().encode(response), ResponseWriter.Then.KEEP);
  }

  /** Answers a request that a step refused. What is left of its body must not be taken for the next request. */
  private void refuse(HttpServerExchange exchange, String id, Throwable reason) {
    if (exchange.isRequestComplete()) {
      refuse(exchange, id, reason, ResponseWriter.Then.KEEP);
    } else if (HttpContinue.requiresContinueResponse(exchange)) {
      // The client waits for this answer before it sends its body: there is nothing to be read.
      refuse(exchange, id, reason, ResponseWriter.Then.CUT);
    } else {
      refuse(exchange, id, reason, ResponseWriter.Then.CLOSE);
    }
  }

  private void refuse(HttpServerExchange exchange, String id, Throwable reason, ResponseWriter.Then then) {
    if (then == ResponseWriter.Then.CLOSE) {
      boundRestOfBody(exchange);
    }
    Response response = steps.failures().response(reason, id, exchange.getRequestMethod() + " " + exchange.getRequestURI());
    steps.writer().write(exchange, id, steps.writer().encode(response), then);
  }

  /** The rest of a refused body may be of any length, but not come for ever. */
  private void boundRestOfBody(HttpServerExchange exchange) {
    if (exchange.isRequestChannelAvailable()) {
      exchange.setMaxEntitySize(0);
    }
    XnioExecutor.Key timer = exchange.getIoThread().executeAfter(() -> IoUtils.safeClose(exchange.getConnection()),
        settings.bodyTimeout().toMillis(), TimeUnit.MILLISECONDS);
    exchange.addExchangeCompleteListener((ended, next) -> {
      timer.remove();
      next.proceed();
    });
  }
}
