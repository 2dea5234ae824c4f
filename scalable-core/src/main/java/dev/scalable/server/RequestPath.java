package dev.scalable.server;

import dev.scalable.http.Handler;
import dev.scalable.http.Lookup;
import dev.scalable.http.Method;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Protocols;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a request, in order. {@link #handleRequest} is the list; each step says why it stands where it
 * stands.
 *
 * <p>Every step up to the handler runs on the IO thread and must not block: it is what thousands of connections share.
 * Only a handler that may block costs a hop to a thread of its own and one back; a value at hand in a lookup is
 * answered without.
 */
final class RequestPath implements HttpHandler {

  /**
   * By text and not by Undertow's HttpString, to which {@code get} is {@code GET}; methods are case-sensitive (RFC 9110
   * section 9.1).
   */
  private static final Map<String, Method> METHODS =
      Stream.of(Method.values()).collect(Collectors.toUnmodifiableMap(Method::name, Function.identity()));

  /**
   * Known, and of no use but to an attacker: the one shows headers that scripts may not see, the other makes a proxy of
   * a server.
   */
  private static final Set<String> REFUSED = Set.of("TRACE", "CONNECT");

  private static final byte[] NOTHING = new byte[0];

  private final RouteTable routes;
  private final ServerSettings settings;
  private final Observers observers;
  private final Connections connections;
  private final InFlight inFlight;
  private final BodyBudget bodies;
  private final Call.Steps steps;
  private final Chain common;

  /** A request path whose requests without a route pass {@code common}, filters that do not block. */
  RequestPath(RouteTable routes, ServerSettings settings, Observers observers, Connections connections,
      InFlight inFlight, BodyBudget bodies, Call.Steps steps, Chain common) {
    this.routes = routes;
    this.settings = settings;
    this.observers = observers;
    this.connections = connections;
    this.inFlight = inFlight;
    this.bodies = bodies;
    this.steps = steps;
    this.common = common;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    // Named and timed before anything else, so that each answer and log line that follows can carry the name.
    Observed observed = observers.begin(exchange);
    String id = observed.id();
    // Counted next: a drain must wait for a request that is refused just as for one that is served.
    connections.enter(exchange, observed);
    // What filters see of a request that reaches no route. Before its path and method are known to be sound, nobody
    // sees it.
    ExchangeRequest bare = null;
    try {
      // What cannot be told apart from a second request hidden in the body is refused before anything is believed of
      // it.
      refuseAmbiguousFraming(exchange);
      // Who asks, and for what, must be said once: of two answers to that, a proxy may believe the other one.
      Singletons.check(exchange.getRequestHeaders());
      // The path before the route: no later step sees one that could be read in two ways.
      String path = RawPath.of(exchange.getRequestURI());
      Method method = method(exchange, path);
      bare = ExchangeRequest.unmatched(exchange, id, path, method);
      if (method == Method.OPTIONS) {
        answerOptions(exchange, bare);
        return;
      }
      // The route before the body: nobody uploads a body to an address that does not exist.
      RouteTable.Match match = routes.find(method, path);
      observed.matched(match.route());
      // Before the body and the handler: what a client does not take, or a route does not, is neither read nor done.
      Negotiation.check(match.route(), exchange);
      // Refused before the body, so that a flood of them costs no more than its headers. One without a body goes on: it
      // may need no handler.
      if (!exchange.isRequestComplete() && !match.route().isInline() && inFlight.full()) {
        throw Failures.overloaded();
      }
      // The body on the IO thread: a slow upload then costs a buffer and no thread.
      receive(exchange, bare, match.route(), (body, input) -> proceed(exchange, id, path, match, body, input));
    } catch (RuntimeException e) {
      refuse(exchange, id, bare, e);
    }
  }

  private void answerOptions(HttpServerExchange exchange, ExchangeRequest bare) {
    if (!exchange.isRequestComplete()) {
      throw Problem.badRequest("An OPTIONS request has no body here");
    }
    Response response = common.around(seen -> Response.noContent().header("Allow", routes.allowed(seen.path())), bare,
        thrown -> failure(exchange, thrown));
    write(exchange, bare.id(), response);
  }

  private void proceed(HttpServerExchange exchange, String id, String path, RouteTable.Match match, byte[] body,
      @Nullable BodyInput input) {
    Duration limit = match.route().timeout().orElse(settings.requestTimeout());
    long deadline = System.nanoTime() + limit.toNanos();
    ExchangeRequest request = ExchangeRequest.matched(exchange, id, path, match, body, deadline);
    Call call = new Call(exchange, request, match, input, steps);
    // What needs no thread is answered here. A filter that may block sends even a value at hand to a thread.
    if (!match.chain().blocks()) {
      if (match.route().isInline()) {
        call.runInline();
        return;
      }
      if (match.route().action() instanceof Route.Action.Answer<?, ?> lookup) {
        Handler known = atHand(lookup, request);
        if (known != null) {
          call.runInline(known);
          return;
        }
      }
    }
    // The blocking boundary, with the deadline set before it: the wait for a place counts as well.
    call.expireAfter(limit);
    ClientWatch.start(exchange);
    exchange.dispatch(task -> inFlight.execute(task, exchange.getIoThread(), call::refuse), call);
  }

  /** What answers a lookup's request without a thread; null if the value must be loaded. */
  private static <K, V> @Nullable Handler atHand(Route.Action.Answer<K, V> lookup, ExchangeRequest request) {
    Lookup.Found<V> found;
    try {
      found = lookup.values().peek(lookup.key().apply(request));
    } catch (RuntimeException e) {
      // A key that is none. Filters see that answer, too.
      return seen -> {
        throw e;
      };
    } catch (Error e) {
      return seen -> {
        throw e;
      };
    }
    return found == null ? null : seen -> Call.answer(lookup, seen, found.value());
  }

  /**
   * RFC 9112 section 6.1: only {@code chunked}, only in HTTP/1.1. Undertow reads other codings as if they were that
   * one.
   */
  private static void refuseAmbiguousFraming(HttpServerExchange exchange) {
    String coding = exchange.getRequestHeaders().getFirst(Headers.TRANSFER_ENCODING);
    if (coding == null) {
      return;
    }
    // What follows a chunked body on this connection is never read as a request, whoever may have read its chunks
    // otherwise.
    exchange.setPersistent(false);
    if (!coding.equalsIgnoreCase("chunked") || exchange.getRequestHeaders().get(Headers.TRANSFER_ENCODING).size() > 1
        || !exchange.getProtocol().equals(Protocols.HTTP_1_1)) {
      throw Problem.badRequest("The only transfer coding accepted is chunked, in HTTP/1.1");
    }
    ChunkedBody.of(exchange);
  }

  private Method method(HttpServerExchange exchange, String path) {
    String name = exchange.getRequestMethod().toString();
    Method method = METHODS.get(name);
    if (method == null) {
      if (REFUSED.contains(name)) {
        exchange.setPersistent(false);
        throw Problem.of(405, "Method Not Allowed", name + " is not allowed here, at any address")
            .header("Allow", routes.allowed(path));
      }
      throw Problem.of(501, "Not Implemented", "No resource here has a method of this name");
    }
    return method;
  }

  /** What goes on with a body: all of it, or what it is read from. */
  private interface Received {
    void proceed(byte[] body, @Nullable BodyInput input);
  }

  private void receive(HttpServerExchange exchange, ExchangeRequest bare, Route route, Received next) {
    int limit = route.maxBody().orElse(settings.maxBody());
    if (route.action() instanceof Route.Action.Upload) {
      // Read by the handler: nothing is read of it before it is asked for.
      next.proceed(NOTHING, new BodyInput(exchange, limit, settings.bodyTimeout()));
      return;
    }
    if (exchange.isRequestComplete()) {
      next.proceed(NOTHING, null);
      return;
    }
    BodyReader.read(exchange, new BodyReader.Limits(limit, settings.bodyTimeout(), bodies), new BodyReader.Receiver() {
      @Override
      public void complete(byte[] body) {
        // The body may arrive when handleRequest has returned, so a failure must be caught again.
        try {
          next.proceed(body, null);
        } catch (RuntimeException e) {
          refuse(exchange, bare.id(), bare, e);
        }
      }

      @Override
      public void refused(Problem problem, ResponseWriter.Then then) {
        refuse(exchange, bare.id(), bare, problem, then);
      }
    });
  }

  private void write(HttpServerExchange exchange, String id, Response response) {
    write(exchange, id, response, ResponseWriter.Then.KEEP);
  }

  private void write(HttpServerExchange exchange, String id, Response response, ResponseWriter.Then then) {
    ResponseWriter.Encoded encoded = encoded(exchange, response);
    if (encoded.live()) {
      steps.live().dispatch(new LiveBodies.Answer(exchange, id, encoded, () -> true,
          thrown -> encoded(exchange, failure(exchange, thrown)), () -> then));
    } else {
      steps.writer().write(exchange, id, encoded, then);
    }
  }

  private ResponseWriter.Encoded encoded(HttpServerExchange exchange, Response response) {
    try {
      return steps.writer().encode(response, false);
    } catch (RuntimeException | StackOverflowError unencodable) {
      return steps.writer().encode(failure(exchange, unencodable), false);
    }
  }

  private Response failure(HttpServerExchange exchange, Throwable thrown) {
    return steps.failures().response(thrown, Observed.of(exchange), exchange.getRequestMethod() + " " + exchange.getRequestURI());
  }

  /** Answers a request that a step refused. */
  private void refuse(HttpServerExchange exchange, String id, @Nullable ExchangeRequest bare, Throwable reason) {
    refuse(exchange, id, bare, reason, ResponseWriter.Then.after(exchange));
  }

  private void refuse(HttpServerExchange exchange, String id, @Nullable ExchangeRequest bare, Throwable reason,
      ResponseWriter.Then then) {
    Response response = failure(exchange, reason);
    if (bare != null) {
      Response refused = response;
      response = common.around(seen -> refused, bare, thrown -> failure(exchange, thrown));
    }
    write(exchange, id, response, then);
  }
}
