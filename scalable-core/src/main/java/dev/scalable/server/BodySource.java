package dev.scalable.server;

import dev.scalable.http.Problem;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;

/**
 * What the body of one request is read from, whoever reads it: the bytes as they arrive, how many may come, and how
 * long they may take. Of the IO thread alone.
 */
final class BodySource {

  /** Bytes a second. A client that is slower than this holds a connection for no purpose. */
  private static final int SLOWEST = 16 * 1024;

  private final HttpServerExchange exchange;
  private final int limit;
  private final Duration patience;
  private @Nullable StreamSourceChannel channel;
  private long received;

  private BodySource(HttpServerExchange exchange, int limit, Duration patience) {
    this.exchange = exchange;
    this.limit = limit;
    this.patience = patience;
  }

  /**
   * The body of a request. Nothing is read yet.
   *
   * @param limit most bytes of it
   * @param patience time that the client may take, besides a second for each {@link #SLOWEST} bytes that have come
   * @throws Problem 413 if its length is given and too large
   */
  static BodySource of(HttpServerExchange exchange, int limit, Duration patience) {
    if (exchange.getRequestContentLength() > limit) {
      throw tooLarge(limit);
    }
    return new BodySource(exchange, limit, patience);
  }

  /** Whether the client waits to be told that its body is wanted (RFC 9110 section 10.1.1). */
  boolean awaitsContinue() {
    return channel == null && HttpContinue.requiresContinueResponse(exchange);
  }

  /** Tells it. */
  void sendContinue(Runnable told, Runnable gone) {
    HttpContinue.sendContinueResponse(exchange, new IoCallback() {
      @Override
      public void onComplete(HttpServerExchange sent, Sender sender) {
        told.run();
      }

      @Override
      public void onException(HttpServerExchange failed, Sender sender, IOException exception) {
        gone.run();
      }
    });
  }

  /**
   * Reads what is here.
   *
   * @return how many bytes; 0 when there are none yet, -1 at the end
   * @throws ChunkedBody.Refused if the body is malformed; the client can still be told
   * @throws IOException if the client has gone
   */
  int read(ByteBuffer into) throws IOException {
    int count = opened().read(into);
    received += Math.max(0, count);
    return count;
  }

  /** Has something run each time that there may be more to read, until {@link #suspend}. */
  void resume(Runnable readable) {
    StreamSourceChannel source = opened();
    source.getReadSetter().set(ready -> readable.run());
    source.resumeReads();
  }

  void suspend() {
    opened().suspendReads();
  }

  private StreamSourceChannel opened() {
    StreamSourceChannel opened = channel;
    if (opened == null) {
      opened = exchange.getRequestChannel();
      channel = opened;
    }
    return opened;
  }

  /** How much time what has come has earned. */
  Duration allowed() {
    return patience.plusMillis(received * 1000L / SLOWEST);
  }

  /** Whether more has come than may. */
  boolean isTooLarge() {
    return received > limit;
  }

  /** What a client is told whose body is too large. */
  Problem tooLarge() {
    return tooLarge(limit);
  }

  static Problem tooLarge(long limit) {
    return Problem.of(413, "Content Too Large", "The body has more than " + limit + " bytes");
  }

  /** What a client is told whose body has taken too long. */
  Problem tooSlow() {
    return Problem.of(408, "Request Timeout", "Of the body, " + received + " bytes arrived in " + allowed().toMillis()
        + " ms, which is too slow");
  }
}
