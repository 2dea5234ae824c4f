package dev.scalable.server;

import dev.scalable.http.Problem;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.SameThreadExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSourceChannel;

/**
 * Reads one request's body on the IO thread as it arrives, within a limit of bytes and of time.
 *
 * <p>Undertow's own receiver ends the connection without an answer when a chunked body grows too large, does not notice at all when
 * that body lies in its buffer already, has no limit for a body that arrives byte by byte, and lets a client wait that has asked to
 * be told to continue (RFC 9110 section 10.1.1).
 */
final class BodyReader {

  /** What becomes of a body. Both are called on the IO thread, where the exchange may be answered or dispatched. */
  interface Receiver {
    /** All of it is here. */
    void complete(byte[] body);

    /** It is not wanted any more; the rest of it may still be on its way. */
    void refused(Problem problem, ResponseWriter.Then then);
  }

  private final HttpServerExchange exchange;
  private final int limit;
  private final Receiver receiver;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final XnioExecutor.Key timer;
  private @Nullable StreamSourceChannel channel;

  private BodyReader(HttpServerExchange exchange, int limit, Duration time, Receiver receiver) {
    this.exchange = exchange;
    this.limit = limit;
    this.receiver = receiver;
    this.timer = exchange.getIoThread().executeAfter(() -> receiver.refused(
        Problem.of(408, "Request Timeout", "The body did not arrive in " + time.toMillis() + " ms"),
        ResponseWriter.Then.CUT), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Reads the body. Called while the exchange is being handled; what is here already is handed over before this returns.
   *
   * @throws Problem 413 if its length is given and too large
   */
  static void read(HttpServerExchange exchange, int limit, Duration time, Receiver receiver) {
    if (exchange.getRequestContentLength() > limit) {
      throw tooLarge(limit);
    }
    BodyReader reader = new BodyReader(exchange, limit, time, receiver);
    if (HttpContinue.requiresContinueResponse(exchange)) {
      exchange.dispatch(SameThreadExecutor.INSTANCE, reader::sendContinue);
    } else if (reader.advance()) {
      reader.finish();
    } else {
      exchange.dispatch(SameThreadExecutor.INSTANCE, reader::resume);
    }
  }

  private void sendContinue() {
    HttpContinue.sendContinueResponse(exchange, new IoCallback() {
      @Override
      public void onComplete(HttpServerExchange sent, Sender sender) {
        resume();
      }

      @Override
      public void onException(HttpServerExchange failed, Sender sender, IOException exception) {
        cut();
      }
    });
  }

  private void resume() {
    StreamSourceChannel source = source();
    source.getReadSetter().set(readable -> {
      if (advance()) {
        readable.suspendReads();
        Connectors.executeRootHandler(onIoThread -> finish(), exchange);
      }
    });
    source.resumeReads();
  }

  private StreamSourceChannel source() {
    StreamSourceChannel opened = channel;
    if (opened == null) {
      opened = exchange.getRequestChannel();
      channel = opened;
    }
    return opened;
  }

  /** Reads what is here; true when there is no more to come, or no more is wanted. */
  private boolean advance() {
    try (PooledByteBuffer pooled = exchange.getConnection().getByteBufferPool().getArrayBackedPool().allocate()) {
      ByteBuffer buffer = pooled.getBuffer();
      while (received.size() <= limit) {
        buffer.clear();
        int count = source().read(buffer);
        if (count <= 0) {
          return count < 0;
        }
        received.write(buffer.array(), buffer.arrayOffset(), count);
      }
      return true;
    } catch (IOException e) {
      // The client has gone, or sends what is no body: there is nobody, or nothing, to answer.
      cut();
      return false;
    }
  }

  private void finish() {
    timer.remove();
    if (received.size() > limit) {
      receiver.refused(tooLarge(limit), ResponseWriter.Then.CLOSE);
    } else {
      receiver.complete(received.toByteArray());
    }
  }

  private void cut() {
    timer.remove();
    IoUtils.safeClose(exchange.getConnection());
  }

  /** What a client is told whose body is larger than its route takes. */
  static Problem tooLarge(int limit) {
    return Problem.of(413, "Content Too Large", "The body has more than " + limit + " bytes");
  }
}
