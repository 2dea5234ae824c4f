package dev.scalable.server;

import dev.scalable.http.Problem;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/**
 * Reads one request's body on the IO thread as it arrives, within a limit of bytes and of time.
 *
 * <p>Undertow's own receiver ends the connection without an answer when a chunked body grows too large, does not notice
 * at all when that body lies in its buffer already, has no limit for a body that arrives byte by byte, and lets a
 * client wait that has asked to be told to continue (RFC 9110 section 10.1.1).
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
   * @param time time it may take, as {@link BodySource} has it
   * @param budget what all bodies together may hold
   */
  record Limits(int bytes, Duration time, BodyBudget budget) {}

  private final HttpServerExchange exchange;
  private final Limits limits;
  private final Receiver receiver;
  private final BodySource source;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final long began = System.nanoTime();
  private XnioExecutor.Key timer;

  /** Bytes taken from the budget, all of which go back when the exchange ends. */
  private int taken;
  private boolean overBudget;
  private @Nullable Problem malformed;

  private BodyReader(HttpServerExchange exchange, BodySource source, Limits limits, Receiver receiver) {
    this.exchange = exchange;
    this.source = source;
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
    Duration left = source.allowed().minusNanos(System.nanoTime() - began);
    if (left.isPositive()) {
      timer = after(left);
      return;
    }
    receiver.refused(source.tooSlow(), ResponseWriter.Then.CUT);
  }

  /**
   * Reads the body. Called while the exchange is being handled; what is here already is handed over before this
   * returns.
   *
   * @throws Problem 413 if its length is given and too large
   */
  static void read(HttpServerExchange exchange, Limits limits, Receiver receiver) {
    BodySource source = BodySource.of(exchange, limits.bytes(), limits.time());
    BodyReader reader = new BodyReader(exchange, source, limits, receiver);
    if (source.awaitsContinue()) {
      exchange.dispatch(SameThreadExecutor.INSTANCE, () -> source.sendContinue(reader::resume, reader::cut));
    } else if (reader.advance()) {
      reader.finish();
    } else {
      exchange.dispatch(SameThreadExecutor.INSTANCE, reader::resume);
    }
  }

  private void resume() {
    source.resume(() -> {
      if (advance()) {
        source.suspend();
        Connectors.executeRootHandler(onIoThread -> finish(), exchange);
      }
    });
  }

  /** Reads what is here; true when there is no more to come, or no more is wanted. */
  private boolean advance() {
    try (PooledByteBuffer pooled = exchange.getConnection().getByteBufferPool().getArrayBackedPool().allocate()) {
      ByteBuffer buffer = pooled.getBuffer();
      while (!source.isTooLarge()) {
        buffer.clear();
        int count = source.read(buffer);
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
    } catch (ChunkedBody.Refused e) {
      malformed = e.problem();
      return true;
    } catch (IOException e) {
      // The client has gone: there is nobody to answer.
      cut();
      return false;
    }
  }

  private void finish() {
    timer.remove();
    if (malformed != null) {
      receiver.refused(malformed, ResponseWriter.Then.after(exchange));
    } else if (overBudget) {
      receiver.refused(Failures.overloaded(), ResponseWriter.Then.CLOSE);
    } else if (source.isTooLarge()) {
      receiver.refused(source.tooLarge(), ResponseWriter.Then.CLOSE);
    } else {
      receiver.complete(received.toByteArray());
    }
  }

  private void cut() {
    timer.remove();
    IoUtils.safeClose(exchange.getConnection());
  }
}
