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

  /**
   * What a body may cost.
   *
   * @param bytes most bytes of it
   * @param time time it may take, besides a second for each {@link #SLOWEST} bytes that have come
   * @param budget what all bodies together may hold
   */
  record Limits(int bytes, Duration time, BodyBudget budget) {}

  /** Bytes a second. A client that is slower than this holds a connection for no purpose. */
  private static final int SLOWEST = 16 * 1024;

  private final HttpServerExchange exchange;
  private final Limits limits;
  private final Receiver receiver;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final long began = System.nanoTime();
  private XnioExecutor.Key timer;
  private @Nullable StreamSourceChannel channel;

  /** Bytes taken from the budget, all of which go back when the exchange ends. */
  private int taken;
  private boolean overBudget;

  private BodyReader(HttpServerExchange exchange, Limits limits, Receiver receiver) {
    this.exchange = exchange;
    this.limits = limits;
    this.receiver = receiver;
    this.timer = after(limits.time());
    exchange.addExchangeCompleteListener((ended, next) -> {
      limits.budget().give(taken);
      next.proceed();
    });
  }

  private XnioExecutor.Key after(Duration wait) {
    return exchange.getIoThread().executeAfter(this::checkRate, Math.max(1, wait.toMillis()), TimeUnit.MILLISECONDS);
  }

  /** Ends a body that comes too slowly; looks again later at one that has earned more time by what it has sent. */
  private void checkRate() {
    Duration allowed = limits.time().plusMillis(received.size() * 1000L / SLOWEST);
    Duration left = allowed.minusNanos(System.nanoTime() - began);
    if (left.isPositive()) {
      timer = after(left);
      return;
    }
    receiver.refused(Problem.of(408, "Request Timeout", "Of the body, " + received.size() + " bytes arrived in "
        + allowed.toMillis() + " ms, which is too slow"), ResponseWriter.Then.CUT);
  }

  /**
   * Reads the body. Called while the exchange is being handled; what is here already is handed over before this returns.
   *
   * @throws Problem 413 if its length is given and too large
   */
  static void read(HttpServerExchange exchange, Limits limits, Receiver receiver) {
    if (exchange.getRequestContentLength() > limits.bytes()) {
      throw tooLarge(limits.bytes());
    }
    BodyReader reader = new BodyReader(exchange, limits, receiver);
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
      while (received.size() <= limits.bytes()) {
        buffer.clear();
        int count = source().read(buffer);
        if (count <= 0) {
          return count < 0;
        }
        if (!limits.budget().take(count)) {
          overBudget = true;
          return true;
        }
        taken += count;
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
    if (overBudget) {
      receiver.refused(Failures.overloaded(), ResponseWriter.Then.CLOSE);
    } else if (received.size() > limits.bytes()) {
      receiver.refused(tooLarge(limits.bytes()), ResponseWriter.Then.CLOSE);
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
