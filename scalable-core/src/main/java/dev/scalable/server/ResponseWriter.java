package dev.scalable.server;

import dev.scalable.http.EntityTag;
import dev.scalable.http.JsonCodec;
import dev.scalable.http.Response;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.channels.Channels;
import org.xnio.channels.StreamSourceChannel;

/** Encodes responses on the thread that made them, and writes them on the IO thread. */
final class ResponseWriter {

  private static final HttpString INSTANCE = HttpString.tryFromString("X-Instance-Id");
  private static final String JSON = "application/json";
  /** What a socket takes of an answer without its client reading any of it. */
  static final int TAKEN_AT_ONCE = 16 * 1024;

  private static final String EVENTS = "text/event-stream";

  private final JsonCodec json;
  private final String instanceId;
  private final Connections connections;
  private final Duration restTimeout;
  private final BodyBudget answers;

  /**
   * A writer; what is left of a refused request may come for {@code restTimeout}, and {@code answers} is what all
   * bodies may hold that wait for their clients.
   */
  ResponseWriter(JsonCodec json, String instanceId, Connections connections, Duration restTimeout, BodyBudget answers) {
    this.answers = answers;
    this.json = json;
    this.instanceId = instanceId;
    this.connections = connections;
    this.restTimeout = restTimeout;
  }

  /** What becomes of the connection after a response. */
  enum Then {
    /** It carries the next request, unless a drain has begun. */
    KEEP,
    /** It is closed when the rest of the request has been read and thrown away: closed sooner, the client might lose the answer. */
    CLOSE,
    /** It is closed at once: the client had its time to send the request. */
    CUT;

    /** What is right for a request that is answered now. What is left of its body must not be taken for the next request. */
    static Then after(HttpServerExchange exchange) {
      if (exchange.isRequestComplete()) {
        return KEEP;
      }
      // A client that waits for this answer before it sends its body has nothing to be read.
      return HttpContinue.requiresContinueResponse(exchange) ? CUT : CLOSE;
    }
  }

  /** Ends the connection as soon as the response is flushed. */
  private static final IoCallback CUT = new IoCallback() {
    @Override
    public void onComplete(HttpServerExchange exchange, Sender sender) {
      IoUtils.safeClose(exchange.getConnection());
    }

    @Override
    public void onException(HttpServerExchange exchange, Sender sender, IOException exception) {
      IoUtils.safeClose(exchange.getConnection());
    }
  };

  /** A response whose body is bytes, or is made while it is sent. */
  record Encoded(Response response, @Nullable String contentType, @Nullable ByteBuffer content) {

    /** Whether its body is made while it is sent, by {@link LiveBodies}. */
    boolean live() {
      return switch (response.body()) {
        case Response.Body.File file -> true;
        case Response.Body.Stream stream -> true;
        case Response.Body.Events events -> true;
        default -> false;
      };
    }
  }

  private static final IoCallback DRAIN = new IoCallback() {
    @Override
    public void onComplete(HttpServerExchange exchange, Sender sender) {
      drainAndEnd(exchange);
    }

    @Override
    public void onException(HttpServerExchange exchange, Sender sender, IOException exception) {
      IoUtils.safeClose(exchange.getConnection());
    }
  };

  /**
   * Encodes the body. Throws what the codec throws for a value it cannot encode.
   *
   * @param tagged whether a 200 without a tag gets one of its bytes
   */
  Encoded encode(Response response, boolean tagged) {
    return switch (response.body()) {
      case Response.Body.None none -> new Encoded(response, null, null);
      case Response.Body.Bytes bytes -> encoded(response, bytes.contentType(), bytes.content(), tagged);
      case Response.Body.Part part -> new Encoded(response, part.contentType(),
          ByteBuffer.wrap(part.content(), part.from(), part.to() - part.from()));
      case Response.Body.Json value -> encoded(response, JSON, json.encode(value.value()), tagged);
      case Response.Body.File file -> new Encoded(response, file.contentType(), null);
      case Response.Body.Stream stream -> new Encoded(response, stream.contentType(), null);
      case Response.Body.Events events -> new Encoded(response, EVENTS, null);
    };
  }

  private static Encoded encoded(Response response, String contentType, byte[] content, boolean tagged) {
    Response answer = tagged && response.status() == 200 && Conditional.tag(response) == null
        ? response.withTag(EntityTag.ofContent(content)) : response;
    return new Encoded(answer, contentType, ByteBuffer.wrap(content));
  }

  /**
   * Writes a response whose body is bytes, and ends the exchange. Must run on the exchange's IO thread.
   */
  void write(HttpServerExchange exchange, String requestId, Encoded encoded, Then then) {
    if (exchange.isResponseStarted() || !exchange.getConnection().isOpen()) {
      IoUtils.safeClose(exchange.getConnection());
      return;
    }
    Encoded answer = affordable(exchange, requestId, Conditional.apply(exchange, encoded));
    head(exchange, requestId, answer, then);
    ByteBuffer content = answer.content();
    if (content == null || !content.hasRemaining()) {
      exchange.endExchange();
    } else {
      exchange.setResponseContentLength(content.remaining());
      exchange.getResponseSender().send(content, callback(then));
    }
  }

  /**
   * The answer, or that to one that cannot be afforded. Only of requests that change nothing: whoever is told to come
   * back does again what was done already. A part is of bytes that are kept anyway.
   */
  private Encoded affordable(HttpServerExchange exchange, String requestId, Encoded answer) {
    ByteBuffer content = answer.content();
    boolean kept = answer.response().body() instanceof Response.Body.Part;
    if (content == null || content.remaining() <= TAKEN_AT_ONCE || kept
        || !exchange.getRequestMethod().equals(Methods.GET)) {
      return answer;
    }
    int bytes = content.remaining();
    if (!answers.take(bytes)) {
      return encode(Failures.overloaded().response(requestId, Observed.of(exchange).trace().traceId()), false);
    }
    exchange.addExchangeCompleteListener((ended, next) -> {
      answers.give(bytes);
      next.proceed();
    });
    return answer;
  }

  /** Sets the status and the headers. Must run on the exchange's IO thread. */
  void head(HttpServerExchange exchange, String requestId, Encoded encoded, Then then) {
    // Asked as late as possible: a response that starts during a drain must say so even if its request came before.
    if (then != Then.KEEP || connections.draining()) {
      exchange.setPersistent(false);
    }
    if (then == Then.CLOSE) {
      boundRestOfBody(exchange);
    }
    exchange.setStatusCode(encoded.response().status());
    HeaderMap headers = exchange.getResponseHeaders();
    headers.put(RequestIds.HEADER, requestId);
    headers.put(INSTANCE, instanceId);
    if (encoded.contentType() != null) {
      headers.put(Headers.CONTENT_TYPE, encoded.contentType());
    }
    for (Response.Header header : encoded.response().headers()) {
      HttpString name = HttpString.tryFromString(header.name());
      if (name.equals(Headers.CONTENT_TYPE)) {
        headers.put(name, header.value());
      } else {
        headers.add(name, header.value());
      }
    }
  }

  /** Ends the exchange when its body is written. Must run on the exchange's IO thread. */
  static void end(HttpServerExchange exchange, Then then) {
    switch (then) {
      case KEEP -> exchange.endExchange();
      case CLOSE -> drainAndEnd(exchange);
      case CUT -> IoUtils.safeClose(exchange.getConnection());
    }
  }

  private static IoCallback callback(Then then) {
    return switch (then) {
      case KEEP -> IoCallback.END_EXCHANGE;
      case CLOSE -> DRAIN;
      case CUT -> CUT;
    };
  }

  /**
   * Reads the rest of the request away and ends the exchange. Undertow would leave it unread, since the connection carries no other
   * request; the operating system then resets the connection, and with it goes an answer that the client has not read.
   */
  private static void drainAndEnd(HttpServerExchange exchange) {
    StreamSourceChannel rest = Connectors.getExistingRequestChannel(exchange);
    if (rest == null) {
      rest = exchange.getRequestChannel();
    }
    if (rest == null || drained(rest)) {
      exchange.endExchange();
      return;
    }
    rest.getReadSetter().set(readable -> {
      if (drained(readable)) {
        readable.suspendReads();
        exchange.endExchange();
      }
    });
    rest.resumeReads();
  }

  private static boolean drained(StreamSourceChannel rest) {
    try {
      return Channels.drain(rest, Long.MAX_VALUE) < 0;
    } catch (IOException e) {
      // It will not come any more.
      return true;
    }
  }

  /** The rest of a refused body may be of any length, but not come for ever. */
  private void boundRestOfBody(HttpServerExchange exchange) {
    if (exchange.isRequestChannelAvailable()) {
      exchange.setMaxEntitySize(0);
    }
    XnioExecutor.Key timer = exchange.getIoThread().executeAfter(() -> IoUtils.safeClose(exchange.getConnection()),
        restTimeout.toMillis(), TimeUnit.MILLISECONDS);
    exchange.addExchangeCompleteListener((ended, next) -> {
      timer.remove();
      next.proceed();
    });
  }
}
