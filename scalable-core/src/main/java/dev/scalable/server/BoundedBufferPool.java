package dev.scalable.server;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Buffers for the server, shared by all threads and bounded in number.
 *
 * <p>Undertow's own pool keeps buffers by thread (UNDERTOW-2385). A virtual thread lives for one request, so there each request
 * would take a fresh direct buffer and none would come back: direct memory runs out within seconds of load. This pool knows no
 * thread. When it is empty it allocates, and a buffer that comes back to a full pool is left to the garbage collector.
 *
 * <p>Safe for use by many threads.
 */
final class BoundedBufferPool implements ByteBufferPool {

  private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
  /** How many are free; the queue itself would count them one by one. */
  private final AtomicInteger count = new AtomicInteger();
  private final boolean direct;
  private final int bufferSize;
  private final int capacity;
  private final @Nullable BoundedBufferPool heap;

  private BoundedBufferPool(boolean direct, int bufferSize, int capacity) {
    this.direct = direct;
    this.bufferSize = bufferSize;
    this.capacity = capacity;
    this.heap = direct ? new BoundedBufferPool(false, bufferSize, capacity) : null;
  }

  /** A pool of direct buffers, with a pool of as many heap buffers beside it. */
  static BoundedBufferPool direct(int bufferSize, int capacity) {
    return new BoundedBufferPool(true, bufferSize, capacity);
  }

  @Override
  public PooledByteBuffer allocate() {
    ByteBuffer buffer = free.poll();
    if (buffer == null) {
      buffer = direct ? ByteBuffer.allocateDirect(bufferSize) : ByteBuffer.allocate(bufferSize);
    } else {
      count.decrementAndGet();
    }
    return new Borrowed(buffer);
  }

  private void giveBack(ByteBuffer buffer) {
    if (count.incrementAndGet() > capacity) {
      count.decrementAndGet();
      return;
    }
    buffer.clear();
    free.add(buffer);
  }

  /** How many buffers are free at the moment. */
  int free() {
    return count.get();
  }

  @Override
  public ByteBufferPool getArrayBackedPool() {
    return heap == null ? this : heap;
  }

  @Override
  public void close() {
    free.clear();
    count.set(0);
  }

  @Override
  public int getBufferSize() {
    return bufferSize;
  }

  @Override
  public boolean isDirect() {
    return direct;
  }

  /** A buffer on loan. Closing it twice gives it back once; using it after that is an error and not another request's data. */
  private final class Borrowed extends AtomicBoolean implements PooledByteBuffer {

    private static final long serialVersionUID = 1;

    private final transient ByteBuffer buffer;

    Borrowed(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public ByteBuffer getBuffer() {
      if (get()) {
        throw new IllegalStateException("This buffer was given back to the pool already");
      }
      return buffer;
    }

    @Override
    public void close() {
      if (compareAndSet(false, true)) {
        giveBack(buffer);
      }
    }

    @Override
    public boolean isOpen() {
      return !get();
    }
  }
}
