package dev.scalable.crowd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Thousands of connections to one server, held by one thread. What arrives on a connection and what is done then is its
 * {@link Visitor}'s; the counts may be read by any thread.
 */
final class Crowd implements AutoCloseable {

  /** So many connections are made at a time: all at once, they would not fit into the server's backlog. */
  private static final int AT_ONCE = 256;

  private static final Duration TICK = Duration.ofMillis(100);

  private final InetSocketAddress server;
  private final Selector selector;
  private final Thread thread;
  private final Queue<Supplier<? extends Visitor>> wanted = new ConcurrentLinkedQueue<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean closing;
  private int connecting;

  /** One connection. All is called by the crowd's thread. */
  abstract static class Visitor {
    private @Nullable SocketChannel channel;

    /** Sends a text that is short enough for the socket's buffer. */
    final void send(String text) throws IOException {
      SocketChannel connected = channel;
      if (connected != null) {
        connected.write(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
      }
    }

    abstract void connected() throws IOException;

    abstract void received(String text) throws IOException;

    /** Called again and again, some ten times a second. */
    void tick() throws IOException {}

    /** The server has closed the connection; returns who comes instead, or null. */
    abstract @Nullable Supplier<? extends Visitor> closed();
  }

  /** Asks for something once, keeps the connection, and says no more. */
  static final class Idle extends Visitor {
    /** Not an ordinary route: there may be more of them at once than handlers. */
    private static final String GET = "GET /health/live HTTP/1.1\r\nHost: crowd\r\n\r\n";

    private final Answers counts;
    private boolean answered;

    Idle(Answers counts) {
      this.counts = counts;
    }

    /** What became of all of them. */
    static final class Answers {
      final AtomicInteger answered = new AtomicInteger();
      final AtomicInteger lost = new AtomicInteger();
    }

    @Override
    void connected() throws IOException {
      send(GET);
    }

    @Override
    void received(String text) {
      if (!answered) {
        answered = true;
        (text.startsWith("HTTP/1.1 200 ") ? counts.answered : counts.lost).incrementAndGet();
      }
    }

    @Override
    @Nullable Supplier<? extends Visitor> closed() {
      counts.lost.incrementAndGet();
      return null;
    }
  }

  /** Slowloris: sends the bytes of an endless header, one after a while, and comes again when it is thrown out. */
  static final class Slow extends Visitor {
    private static final long EVERY = Duration.ofMillis(500).toNanos();

    private final Ends counts;
    private final long began = System.nanoTime();
    private long next = began;

    Slow(Ends counts) {
      this.counts = counts;
    }

    /** What became of all of them. */
    static final class Ends {
      final AtomicInteger thrownOut = new AtomicInteger();
      final AtomicLong longest = new AtomicLong();
      final AtomicBoolean over = new AtomicBoolean();
    }

    @Override
    void connected() throws IOException {
      send("GET /quick HTTP/1.1\r\nHost: crowd\r\nX-Slow: ");
    }

    @Override
    void received(String text) {}

    @Override
    void tick() throws IOException {
      long now = System.nanoTime();
      if (now - next >= 0) {
        next = now + EVERY;
        send("a");
      }
    }

    @Override
    @Nullable Supplier<? extends Visitor> closed() {
      counts.thrownOut.incrementAndGet();
      counts.longest.accumulateAndGet(System.nanoTime() - began, Math::max);
      return counts.over.get() ? null : () -> new Slow(counts);
    }
  }

  /** Follows a stream of events to its end; comes again a moment later if an instance with too much to do refuses it. */
  static final class Follower extends Visitor {
    private final StringBuilder text = new StringBuilder();
    private volatile boolean over;
    private boolean refused;

    /** All that has come so far. */
    String text() {
      synchronized (text) {
        return text.toString();
      }
    }

    boolean over() {
      return over;
    }

    @Override
    void connected() throws IOException {
      send("GET /feed HTTP/1.1\r\nHost: crowd\r\n\r\n");
    }

    @Override
    void received(String more) {
      synchronized (text) {
        text.append(more);
        refused = text.indexOf("HTTP/1.1 503 ") == 0;
      }
    }

    @Override
    void tick() throws IOException {
      if (refused) {
        refused = false;
        synchronized (text) {
          text.setLength(0);
        }
        connected();
      }
    }

    @Override
    @Nullable Supplier<? extends Visitor> closed() {
      over = true;
      return null;
    }
  }

  Crowd(InetSocketAddress server) {
    this.server = server;
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.thread = Thread.ofPlatform().daemon().name("crowd").start(this::live);
  }

  /** Connects one visitor each, soon. */
  void add(Stream<? extends Supplier<? extends Visitor>> visitors) {
    visitors.forEach(wanted::add);
    selector.wakeup();
  }

  /** How many connections are open. */
  int open() {
    return open.get();
  }

  /** How many connections could not be made. */
  int refused() {
    return refused.get();
  }

  private void live() {
    long nextTick = System.nanoTime();
    try (selector) {
      while (!closing) {
        connectSome();
        selector.select(TICK.toMillis());
        Queue<SelectionKey> ready = new ArrayDeque<>(selector.selectedKeys());
        selector.selectedKeys().clear();
        ready.forEach(this::serve);
        if (System.nanoTime() - nextTick >= 0) {
          nextTick = System.nanoTime() + TICK.toNanos();
          List.copyOf(selector.keys()).forEach(this::tick);
        }
      }
      List.copyOf(selector.keys()).forEach(this::drop);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      ended.countDown();
    }
  }

  private void connectSome() throws IOException {
    while (connecting < AT_ONCE) {
      Supplier<? extends Visitor> next = wanted.poll();
      if (next == null) {
        return;
      }
      Visitor visitor = next.get();
      SocketChannel channel = SocketChannel.open();
      channel.configureBlocking(false);
      visitor.channel = channel;
      connecting++;
      SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, visitor);
      if (channel.connect(server)) {
        connected(key, visitor);
      }
    }
  }

  private void connected(SelectionKey key, Visitor visitor) throws IOException {
    connecting--;
    open.incrementAndGet();
    key.interestOps(SelectionKey.OP_READ);
    visitor.connected();
  }

  private void serve(SelectionKey key) {
    Visitor visitor = (Visitor) key.attachment();
    SocketChannel channel = (SocketChannel) key.channel();
    try {
      if (key.isConnectable()) {
        try {
          channel.finishConnect();
        } catch (IOException e) {
          connecting--;
          refused.incrementAndGet();
          channel.close();
          return;
        }
        connected(key, visitor);
        return;
      }
      buffer.clear();
      if (channel.read(buffer) < 0) {
        gone(key, visitor);
      } else {
        visitor.received(ISO_8859_1.decode(buffer.flip()).toString());
      }
    } catch (IOException e) {
      gone(key, visitor);
    }
  }

  private void tick(SelectionKey key) {
    if (key.isValid() && (key.interestOps() & SelectionKey.OP_READ) != 0) {
      Visitor visitor = (Visitor) key.attachment();
      try {
        visitor.tick();
      } catch (IOException e) {
        gone(key, visitor);
      }
    }
  }

  private void gone(SelectionKey key, Visitor visitor) {
    drop(key);
    open.decrementAndGet();
    Supplier<? extends Visitor> next = visitor.closed();
    if (next != null) {
      wanted.add(next);
    }
  }

  private void drop(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes every connection. */
  @Override
  public void close() throws InterruptedException {
    closing = true;
    selector.wakeup();
    ended.await();
    thread.join();
  }
}
