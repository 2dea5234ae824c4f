package dev.scalable.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Ends the connection of a client that does not read. The time runs only while there are bytes that the socket did not
 * take: a body whose writer pauses, however long, costs its client nothing. (XNIO's and Undertow's own {@code
 * WRITE_TIMEOUT} counts from the last write, and so cuts the connection at the first write after a pause.)
 *
 * <p>Nothing is timed, and no clock is read, while the socket takes all that it is given. Of the IO thread alone.
 */
final class StalledWrites extends AbstractStreamSinkConduit<StreamSinkConduit> {

  private final StreamConnection connection;
  private final long most;
  private long since;
  private XnioExecutor.@Nullable Key timer;

  private StalledWrites(StreamSinkConduit next, StreamConnection connection, Duration most) {
    super(next);
    this.connection = connection;
    this.most = most.toNanos();
  }

  /**
   * Watches a connection, before anything is written to it.
   *
   * @param most time in which a client must take some of what waits for it
   */
  static void watch(StreamConnection connection, Duration most) {
    ConduitStreamSinkChannel sink = connection.getSinkChannel();
    sink.setConduit(new StalledWrites(sink.getConduit(), connection, most));
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int taken = next.write(bytes);
    note(taken, bytes.hasRemaining());
    return taken;
  }

  @Override
  public long write(ByteBuffer[] bytes, int from, int count) throws IOException {
    long taken = next.write(bytes, from, count);
    note(taken, Buffers.hasRemaining(bytes, from, count));
    return taken;
  }

  @Override
  public int writeFinal(ByteBuffer bytes) throws IOException {
    int taken = next.writeFinal(bytes);
    note(taken, bytes.hasRemaining());
    return taken;
  }

  @Override
  public long writeFinal(ByteBuffer[] bytes, int from, int count) throws IOException {
    long taken = next.writeFinal(bytes, from, count);
    note(taken, Buffers.hasRemaining(bytes, from, count));
    return taken;
  }

  private void note(long taken, boolean waiting) {
    if (!waiting) {
      rest();
    } else if (taken > 0 || timer == null) {
      since = System.nanoTime();
      if (timer == null) {
        timer = after(most);
      }
    }
  }

  private XnioExecutor.Key after(long nanos) {
    return connection.getIoThread().executeAfter(this::check, TimeUnit.NANOSECONDS.toMillis(nanos) + 1,
        TimeUnit.MILLISECONDS);
  }

  private void rest() {
    if (timer != null) {
      timer.remove();
      timer = null;
    }
  }

  private void check() {
    timer = null;
    long left = most - (System.nanoTime() - since);
    if (left > 0) {
      timer = after(left);
      return;
    }
    ConduitStreamSinkChannel sink = connection.getSinkChannel();
    boolean awaited = sink.isWriteResumed();
    IoUtils.safeClose(connection);
    if (awaited) {
      // Who waits to write finds out by trying, and lets go of what it holds.
      ChannelListeners.invokeChannelListener(sink, sink.getWriteListener());
    }
  }

  @Override
  public void terminateWrites() throws IOException {
    rest();
    next.terminateWrites();
  }

  @Override
  public void truncateWrites() throws IOException {
    rest();
    next.truncateWrites();
  }
}
