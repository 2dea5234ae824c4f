package dev.scalable.server;

import dev.scalable.http.JsonCodec;
import dev.scalable.http.Response;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.channels.Channels;
import org.xnio.channels.StreamSourceChannel;

/** Encodes responses on the thread that made them, and writes them on the IO thread. */
final class ResponseWriter {

  private static final HttpString INSTANCE = HttpString.tryFromString("X-Instance-Id");
  private static final String JSON = "application/json";

  private final JsonCodec json;
  private final String instanceId;
  private final Connections connections;

  ResponseWriter(JsonCodec json, String instanceId, Connections connections) {
    this.json = json;
    this.instanceId = instanceId;
    this.connections = connections;
  }

  /** What becomes of the connection after a response. */
  enum Then {
    /** It carries the next request, unless a drain has begun. */
    KEEP,
    /** It is closed when the rest of the request has been read and thrown away: closed sooner, the client might lose the answer. */
    CLOSE,
    /** It is closed at once: the client had its time to send the request. */
    CUT
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

  /** A response whose body is bytes. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Encoded(Response response, @Nullable String contentType, byte @Nullable [] content) {}

  /**
   * Reads the rest of the request away and ends the exchange. Undertow would leave it unread, since the connection carries no other
   * request; the operating system then resets the connection, and with it goes an answer that the client has not read.
   */
  private static final IoCallback DRAIN = new IoCallback() {
    @Override
    public void onComplete(HttpServerExchange exchange, Sender sender) {
      StreamSourceChannel rest = exchange.getRequestChannel();
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

    @Override
    public void onException(HttpServerExchange exchange, Sender sender, IOException exception) {
      IoUtils.safeClose(exchange.getConnection());
    }
  };

  /** Encodes the body. Throws what the codec throws for a value it cannot encode. */
  Encoded encode(Response response) {
    return switch (response.body()) {
      case Response.Body.None none -> new Encoded(response, null, null);
      case Response.Body.Bytes bytes -> new Encoded(response, bytes.contentType(), bytes.content());
      case Response.Body.Json value -> new Encoded(response, JSON, json.encode(value.value()));
    };
  }

  /**
   * Writes a response and ends the exchange. Must run on the exchange's IO thread.
   */
  void write(HttpServerExchange exchange, String requestId, Encoded encoded, Then then) {
    if (exchange.isResponseStarted() || !exchange.getConnection().isOpen()) {
      IoUtils.safeClose(exchange.getConnection());
      return;
    }
    // Asked as late as possible: a response that starts during a drain must say so even if its request came before.
    if (then != Then.KEEP || connections.draining()) {
      exchange.setPersistent(false);
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
    byte[] content = encoded.content();
    if (content == null || content.length == 0) {
      exchange.endExchange();
    } else {
      exchange.setResponseContentLength(content.length);
      exchange.getResponseSender().send(ByteBuffer.wrap(content), switch (then) {
        case KEEP -> IoCallback.END_EXCHANGE;
        case CLOSE -> DRAIN;
        case CUT -> CUT;
      });
    }
  }
}
