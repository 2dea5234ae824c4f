package dev.scalable.server;

import dev.scalable.http.Problem;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/**
 * The body of a request as a handler reads it: one buffer, filled on the IO thread when the handler asks, and emptied
 * on the handler thread, by turns. Nothing is read before it is asked for, so a client sends no faster than its handler
 * reads.
 *
 * <p>What counts against the client is the time in which the handler waited for it, in all: the server's limit for
 * bodies, and a second for each 16 KiB that came. One rule so ends both the client that is silent and the one that
 * sends a byte now and then.
 */
final class BodyInput extends InputStream {

  private static final int BUFFER = 16 * 1024;

  private final HttpServerExchange exchange;
  private final BodySource source;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).flip();

  /** Guarded by this. */
  private boolean turn;
  private boolean ended;
  private boolean closed;
  private boolean clientGone;
  private @Nullable RuntimeException refused;

  /** Of the IO thread alone. */
  private XnioExecutor.@Nullable Key timer;
  private long waited;
  private long began;
  private boolean late;

  /**
   * The body of a request. Nothing is read yet.
   *
   * @throws Problem 413 if its length is given and too large
   */
  BodyInput(HttpServerExchange exchange, int limit, Duration patience) {
    this.exchange = exchange;
    this.source = BodySource.of(exchange, limit, patience);
    this.ended = exchange.isRequestComplete();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int count) throws IOException {
    Objects.checkFromIndexSize(from, count, bytes.length);
    if (count == 0) {
      return 0;
    }
    if (!ready()) {
      return -1;
    }
    int part = Math.min(count, buffer.remaining());
    buffer.get(bytes, from, part);
    return part;
  }

  /** Waits until the buffer has something, and returns true; or false at the end of the body. */
  private synchronized boolean ready() throws IOException {
    refuse();
    if (buffer.hasRemaining()) {
      return true;
    }
    if (ended) {
      return false;
    }
    turn = true;
    try {
      exchange.getIoThread().execute(this::begin);
    } catch (RejectedExecutionException e) {
      turn = false;
      throw new IOException("The server has stopped", e);
    }
    while (turn) {
      try {
        wait();
      } catch (InterruptedException e) {
        // The buffer stays with the IO thread: nobody reads from it any more.
        closed = true;
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("Interrupted while the client was to send");
      }
    }
    refuse();
    return buffer.hasRemaining();
  }

  private void refuse() throws IOException {
    if (closed) {
      throw new IOException("The body can be read until its handler has returned, and not after");
    }
    if (refused != null) {
      throw refused;
    }
    if (clientGone) {
      throw new IOException("The client has gone before it has sent the whole body");
    }
  }

  /** Ends the reading, whether or not it was at its end. */
  @Override
  public synchronized void close() {
    closed = true;
  }

  /** Whether the client went before the end. */
  synchronized boolean clientGone() {
    return clientGone;
  }

  /** What becomes of the connection after the answer. Called on the IO thread. */
  ResponseWriter.Then then() {
    close();
    stopTimer();
    return late ? ResponseWriter.Then.CUT : ResponseWriter.Then.after(exchange);
  }

  private void begin() {
    began = System.nanoTime();
    if (source.awaitsContinue()) {
      source.sendContinue(this::advance, this::gone);
      return;
    }
    advance();
  }

  private void advance() {
    synchronized (this) {
      if (closed || !turn) {
        return;
      }
    }
    try {
      buffer.clear();
      int count;
      try {
        count = source.read(buffer);
      } finally {
        buffer.flip();
      }
      if (count == 0) {
        await();
        return;
      }
      source.suspend();
      pass(count < 0, source.isTooLarge() ? source.tooLarge() : null);
    } catch (ChunkedBody.Refused e) {
      source.suspend();
      pass(false, e.problem());
    } catch (IOException e) {
      gone();
    }
  }

  private void await() {
    if (timer == null) {
      Duration left = source.allowed().minusNanos(waited);
      timer = exchange.getIoThread().executeAfter(() -> {
        timer = null;
        late = true;
        source.suspend();
        pass(false, source.tooSlow());
      }, Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS);
    }
    source.resume(this::advance);
  }

  /** Gives the buffer back to the handler. */
  private void pass(boolean end, @Nullable RuntimeException reason) {
    stopTimer();
    waited += System.nanoTime() - began;
    if (end) {
      ClientWatch.start(exchange);
    }
    synchronized (this) {
      ended = end;
      refused = reason;
      turn = false;
      notifyAll();
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.remove();
      timer = null;
    }
  }

  private void gone() {
    synchronized (this) {
      clientGone = true;
    }
    pass(false, null);
    IoUtils.safeClose(exchange.getConnection());
  }
}
