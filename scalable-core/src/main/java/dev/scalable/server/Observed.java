package dev.scalable.server;

import dev.scalable.http.Client;
import dev.scalable.http.Route;
import dev.scalable.http.Trace;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A request's name and time: what logs, problems and observers know it by, from its arrival to its end. It travels with
 * its exchange. Changed on the IO thread alone; what others read of it is final.
 */
final class Observed {

  private static final AttachmentKey<Observed> KEY = AttachmentKey.create(Observed.class);

  private static final HttpString TRACEPARENT = HttpString.tryFromString("traceparent");
  private static final HttpString TRACESTATE = HttpString.tryFromString("tracestate");

  /** What W3C Trace Context, section 3.3.1.5, asks to be handed on at least. */
  private static final int LONGEST_STATE = 512;

  /** What the logs call them, as problems do. */
  private static final String REQUEST_ID = "requestId";
  private static final String TRACE_ID = "traceId";

  private static final int LONGEST_PATH = 500;

  /** What Nginx has in its log for it. */
  private static final int CLIENT_WENT = 499;

  private final HttpServerExchange exchange;
  private final Observers observers;
  private final String id;
  private final Trace trace;
  private final long began = System.nanoTime();
  private Observers.@Nullable OfRoute route;
  private boolean left;

  private Observed(HttpServerExchange exchange, Observers observers) {
    this.exchange = exchange;
    this.observers = observers;
    this.id = RequestIds.of(exchange);
    this.trace = trace(exchange.getRequestHeaders());
  }

  /** Takes up a request that has arrived. */
  static Observed begin(HttpServerExchange exchange, Observers observers) {
    Observed made = new Observed(exchange, observers);
    exchange.putAttachment(KEY, made);
    return made;
  }

  /** What was taken up with {@link #begin}. */
  static Observed of(HttpServerExchange exchange) {
    Observed begun = exchange.getAttachment(KEY);
    if (begun == null) {
      throw new IllegalStateException("An exchange is observed before it is used");
    }
    return begun;
  }

  /**
   * Section 3.2.2: with several headers, or one that is malformed, a trace begins here, and the state belongs to none.
   */
  private static Trace trace(HeaderMap headers) {
    HeaderValues lines = headers.get(TRACEPARENT);
    if (lines == null || lines.size() != 1) {
      return Trace.begin();
    }
    return Trace.parse(lines.getFirst(), state(headers.get(TRACESTATE))).orElseGet(Trace::begin);
  }

  private static String state(@Nullable HeaderValues lines) {
    String state = lines == null ? "" : String.join(",", lines);
    return state.length() <= LONGEST_STATE && state.chars().allMatch(c -> c >= ' ' && c <= '~') ? state : "";
  }

  /** The request's identity. */
  String id() {
    return id;
  }

  /** The trace it belongs to. */
  Trace trace() {
    return trace;
  }

  /** Who it is from. */
  Client client() {
    return observers.clients().of(exchange);
  }

  /** Names the request in a line of the log, for logs that keep names and values apart from the message. */
  LoggingEventBuilder tag(LoggingEventBuilder line) {
    return line.addKeyValue(REQUEST_ID, id).addKeyValue(TRACE_ID, trace.traceId());
  }

  /** Runs something on this thread with the request named in the logs' diagnostic context (MDC). */
  void named(Runnable task) {
    try (MDC.MDCCloseable request = MDC.putCloseable(REQUEST_ID, id);
        MDC.MDCCloseable ofTrace = MDC.putCloseable(TRACE_ID, trace.traceId())) {
      task.run();
    }
  }

  /** Takes note of the route that answers it. */
  void matched(Route found) {
    route = observers.of(found);
  }

  /** Takes note that its client has left before there was a response. */
  void clientLeft() {
    left = true;
  }

  /** Tells the observers that its response was written or its connection lost. Called once. */
  void end() {
    String method = exchange.getRequestMethod().toString();
    Observers.OfRoute told = route != null ? route : observers.unmatched(method);
    String path = exchange.getRequestURI();
    told.ended(new RequestObserver.Ended(id, trace.traceId(), method, told.route(),
        path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) : path,
        exchange.isResponseStarted() && !left ? exchange.getStatusCode() : CLIENT_WENT, exchange.getResponseBytesSent(),
        System.nanoTime() - began, observers.clients().address(exchange), System.currentTimeMillis()));
  }
}
