package dev.scalable.server;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.AttachmentKey;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;

/**
 * The body of a response as its writer sees it: one buffer, filled on the handler thread and emptied on the IO thread,
 * by turns. While it is the IO thread's turn, the writer waits, and so goes no faster than its client reads.
 *
 * <p>Undertow's own blocking stream waits in the handler thread for the socket, at the price of a selector with its
 * file descriptors for each; here the IO thread does all the waiting for sockets.
 */
final class BodyOutput extends OutputStream {

  private static final AttachmentKey<Current> CURRENT = AttachmentKey.create(Current.class);

  /** Of the IO thread alone. */
  private static final class Current {
    private @Nullable BodyOutput output;
  }

  private static final int BUFFER = 16 * 1024;

  private final HttpServerExchange exchange;
  private final Start start;
  private final long length;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
  private long written;
  private boolean started;

  private final Thread writer = Thread.currentThread();

  /**
   * Guarded by this: whether it is the IO thread's turn, what has ended the stream before its time, and whether it was
   * at its end.
   */
  private boolean turn;
  private boolean over;
  private boolean interrupted;
  private @Nullable IOException gone;

  /** Of the IO thread alone. */
  private @Nullable StreamSinkChannel channel;
  private boolean last;

  /** What happens around the bytes. */
  interface Start {
    /**
     * Takes the right to answer the request; false if somebody else has. Called on the handler thread, before the first
     * bytes leave.
     */
    boolean claim();

    /** Sends the head. Called on the IO thread. */
    void head();

    /** Ends the exchange. Called on the IO thread, when all is written. */
    void end();
  }

  /** A body that this thread writes, of {@code length} bytes, or of as many as there will be if that is negative. */
  BodyOutput(HttpServerExchange exchange, long length, Start start) {
    this.exchange = exchange;
    this.length = length;
    this.start = start;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    Objects.checkFromIndexSize(from, count, bytes.length);
    if (length >= 0 && count > length - written) {
      throw new IllegalStateException("The body was said to have " + length + " bytes, and more are written");
    }
    int done = 0;
    while (done < count) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int part = Math.min(count - done, buffer.remaining());
      buffer.put(bytes, from + done, part);
      done += part;
    }
    written += count;
  }

  @Override
  public void flush() throws IOException {
    if (buffer.position() > 0) {
      pass(false);
    }
  }

  /** Ends the body. Must not be called when its writer has failed. */
  void finish() throws IOException {
    if (length >= 0 && written < length) {
      throw new IllegalStateException("The body was said to have " + length + " bytes, and only " + written + " were written");
    }
    pass(true);
  }

  /** Whether the head has left, or is about to. */
  boolean started() {
    return started;
  }

  /** How many bytes were written to this, whether or not they have left. */
  long written() {
    return written;
  }

  /** Whether it is for the client that the body could not be written to its end. */
  synchronized boolean clientGone() {
    return gone != null;
  }

  /** The client has gone, or does not read: ends the stream, and its writer if that waits for something else. */
  synchronized void clientLeft() {
    if (over) {
      return;
    }
    over = true;
    gone(new IOException("The client has gone"));
    interrupted = true;
    writer.interrupt();
    try {
      exchange.getIoThread().execute(() -> IoUtils.safeClose(exchange.getConnection()));
    } catch (RejectedExecutionException e) {
      // The server has stopped, and all of its connections with it.
    }
  }

  /** The writer has returned. What interrupted it must not meet what its thread does next. */
  synchronized void leave() {
    over = true;
    if (interrupted) {
      var unused = Thread.interrupted();
    }
  }

  /** Gives the buffer to the IO thread, and waits until it is empty. */
  private void pass(boolean end) throws IOException {
    if (!started) {
      if (!start.claim()) {
        throw gone(new IOException("The request's deadline is over, and it was answered without this"));
      }
      started = true;
    }
    buffer.flip();
    synchronized (this) {
      turn = true;
    }
    try {
      exchange.getIoThread().execute(() -> {
        last = end;
        advance();
      });
    } catch (RejectedExecutionException e) {
      throw gone(new IOException("The server has stopped", e));
    }
    synchronized (this) {
      while (turn && gone == null) {
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw gone(new InterruptedIOException("Interrupted while the client was to read"));
        }
      }
      if (gone != null) {
        throw new IOException("The client does not read any more", gone);
      }
    }
    buffer.clear();
  }

  private synchronized IOException gone(IOException reason) {
    if (gone == null) {
      gone = reason;
    }
    turn = false;
    notifyAll();
    return reason;
  }

  private void advance() {
    try {
      StreamSinkChannel sink = sink();
      while (buffer.hasRemaining()) {
        if (sink.write(buffer) == 0) {
          sink.resumeWrites();
          return;
        }
      }
      if (last) {
        sink.shutdownWrites();
      }
      if (!sink.flush()) {
        sink.resumeWrites();
        return;
      }
      sink.suspendWrites();
      if (last) {
        synchronized (this) {
          // What closes the connection from here on is no loss.
          over = true;
        }
        current().output = null;
        start.end();
      }
      synchronized (this) {
        turn = false;
        notifyAll();
      }
    } catch (IOException | RuntimeException e) {
      gone(e instanceof IOException io ? io : new IOException(e));
      IoUtils.safeClose(exchange.getConnection());
    }
  }

  /** What the connection writes now. One listener for all that it ever writes: none can be taken away again. */
  private Current current() {
    ServerConnection connection = exchange.getConnection();
    Current known = connection.getAttachment(CURRENT);
    if (known != null) {
      return known;
    }
    Current made = new Current();
    connection.putAttachment(CURRENT, made);
    connection.addCloseListener(closed -> {
      if (made.output != null) {
        made.output.clientLeft();
      }
    });
    return made;
  }

  private StreamSinkChannel sink() throws IOException {
    StreamSinkChannel opened = channel;
    if (opened == null) {
      if (!exchange.getConnection().isOpen()) {
        throw new IOException("The connection is closed");
      }
      start.head();
      opened = exchange.getResponseChannel();
      opened.getWriteSetter().set(writable -> advance());
      current().output = this;
      channel = opened;
    }
    return opened;
  }
}
