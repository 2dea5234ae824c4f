package dev.scalable.server;

import dev.scalable.http.EventStream;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSinkChannel;

/**
 * One client's events: a bounded queue that anyone fills, and that the IO thread of the connection empties as the
 * client reads. No thread belongs to it.
 */
final class EventChannel implements EventStream {

  private static final Logger log = LoggerFactory.getLogger(EventChannel.class);

  /** Half of what proxies commonly wait for, and well within the time after which one that is cut off is noticed. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  /** What may wait for one client, as long as there is room for it in the budget of all. */
  private static final int MOST_BYTES = 1024 * 1024;

  /** What may wait for a client however little room there is: as much as of any other answer. */
  private static final int NOT_COUNTED = ResponseWriter.TAKEN_AT_ONCE;

  /** What an event takes beside its bytes; of many small ones, that is most of it. */
  private static final int BESIDE = 32;

  /** In which a client must take what is left for it when the stream has ended. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.UTF_8);

  private final HttpServerExchange exchange;
  private final String id;
  private final HandlerThreads threads;
  private final BodyBudget answers;

  /** Guarded by this. */
  private final Deque<byte[]> queue = new ArrayDeque<>();
  private final List<Runnable> hooks = new ArrayList<>();
  private long queued;
  private long held;
  private boolean scheduled;
  private boolean ending;
  private boolean closed;

  /** Of the IO thread alone. */
  private @Nullable StreamSinkChannel channel;
  private @Nullable ByteBuffer current;
  private XnioExecutor.@Nullable Key heartbeat;

  /** A channel; {@code answers} is what all answers may hold that wait for their clients. */
  EventChannel(HttpServerExchange exchange, String id, HandlerThreads threads, BodyBudget answers) {
    this.exchange = exchange;
    this.id = id;
    this.threads = threads;
    this.answers = answers;
  }

  /** Begins to send. Called on the IO thread, when the head is set. */
  void open() {
    exchange.getConnection().addCloseListener(gone -> closed());
    StreamSinkChannel sink = exchange.getResponseChannel();
    sink.getWriteSetter().set(writable -> advance());
    channel = sink;
    // The head leaves with it, so that a client knows at once that it is connected.
    append(COMMENT);
    beat();
  }

  private void beat() {
    heartbeat = exchange.getIoThread().executeAfter(() -> {
      synchronized (this) {
        // A client that has something to read needs no sign of life; one that does not take it is found by its queue or
        // its timeout.
        if (queued == 0) {
          append(COMMENT);
        }
      }
      if (isOpen()) {
        beat();
      }
    }, HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public boolean send(Event event) {
    return append(encoded(event));
  }

  private static byte[] encoded(Event event) {
    StringBuilder text = new StringBuilder(event.data().length() + 64);
    line(text, "event", event.type());
    line(text, "id", event.id());
    Duration retry = event.retry();
    line(text, "retry", retry == null ? null : Long.toString(retry.toMillis()));
    // Each of the three line ends of the format, and a text that ends in one has an empty last line.
    for (String line : event.data().split("\r\n|\r|\n", -1)) {
      line(text, "data", line);
    }
    return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void line(StringBuilder text, String field, @Nullable String value) {
    if (value != null) {
      text.append(field).append(": ").append(value).append('\n');
    }
  }

  private synchronized boolean append(byte[] bytes) {
    if (ending || closed) {
      return false;
    }
    if (queued + bytes.length > MOST_BYTES && queued > 0) {
      log.info("{} is cut off: its client reads events slower than they come, and {} bytes wait for it", id, queued);
      ending = true;
      cut();
      return false;
    }
    if (!hold(held + bytes.length + BESIDE)) {
      log.info("{} is cut off: {} bytes wait for its client, and what waits for others leaves no room for {} more", id,
          queued, bytes.length);
      ending = true;
      cut();
      return false;
    }
    queue.add(bytes);
    queued += bytes.length;
    schedule();
    return true;
  }

  /** Takes from the budget what this channel is to hold more than now, or gives back; false if there is no room. */
  private boolean hold(long bytes) {
    long more = counted(bytes) - counted(held);
    if (more > 0 && !answers.take(more)) {
      return false;
    }
    if (more < 0) {
      answers.give(-more);
    }
    held = bytes;
    return true;
  }

  private static long counted(long bytes) {
    return Math.max(0, bytes - NOT_COUNTED);
  }

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      onIoThread(this::advance);
    }
  }

  private void onIoThread(Runnable task) {
    try {
      exchange.getIoThread().execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("{} ends with the server", id);
    }
  }

  /** Ends the connection: its client does not read, or has gone. */
  void cut() {
    onIoThread(() -> IoUtils.safeClose(exchange.getConnection()));
  }

  /** Writes what the client takes now. */
  private void advance() {
    StreamSinkChannel sink = channel;
    if (sink == null) {
      // Sent before the head was: open() appends once more.
      synchronized (this) {
        scheduled = false;
      }
      return;
    }
    try {
      for (ByteBuffer next = next(); next != null; next = next()) {
        if (sink.write(next) == 0) {
          sink.resumeWrites();
          return;
        }
      }
      boolean end = finished();
      if (end) {
        sink.shutdownWrites();
      }
      if (!sink.flush()) {
        sink.resumeWrites();
        return;
      }
      sink.suspendWrites();
      if (end) {
        exchange.endExchange();
        IoUtils.safeClose(exchange.getConnection());
      }
    } catch (IOException e) {
      IoUtils.safeClose(exchange.getConnection());
    }
  }

  /** What is to be written next; null when there is nothing, and the next event has to ask for the IO thread again. */
  private synchronized @Nullable ByteBuffer next() {
    ByteBuffer part = current;
    if (part != null && part.hasRemaining()) {
      return part;
    }
    if (part != null) {
      queued -= part.capacity();
      var unused = hold(held - part.capacity() - BESIDE);
    }
    byte[] bytes = queue.poll();
    current = bytes == null ? null : ByteBuffer.wrap(bytes);
    scheduled = bytes != null;
    return current;
  }

  private synchronized boolean finished() {
    return ending;
  }

  @Override
  public Optional<String> lastEventId() {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst("Last-Event-ID")).filter(seen -> !seen.isEmpty());
  }

  @Override
  public synchronized boolean isOpen() {
    return !ending && !closed;
  }

  @Override
  public void onClose(Runnable hook) {
    synchronized (this) {
      if (!closed) {
        hooks.add(hook);
        return;
      }
    }
    run(hook);
  }

  @Override
  public synchronized void close() {
    if (ending || closed) {
      return;
    }
    ending = true;
    schedule();
    onIoThread(this::boundLastWords);
  }

  private void boundLastWords() {
    try {
      exchange.getIoThread().executeAfter(() -> IoUtils.safeClose(exchange.getConnection()), LAST_WORDS.toMillis(),
          TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("{} ends with the server", id);
    }
  }

  /** Tells the client to come back, to another instance, and ends. Clients come back spread over a second. */
  void drain() {
    send(Event.of("this instance drains").withType("reconnect")
        .withRetry(Duration.ofMillis(100 + ThreadLocalRandom.current().nextInt(1000))));
    close();
  }

  /** The connection is closed. Called on the IO thread. */
  void closed() {
    List<Runnable> run;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      queue.clear();
      current = null;
      var unused = hold(0);
      run = List.copyOf(hooks);
    }
    if (heartbeat != null) {
      heartbeat.remove();
    }
    run.forEach(this::run);
  }

  private void run(Runnable hook) {
    try {
      threads.execute(() -> {
        try {
          hook.run();
        } catch (RuntimeException e) {
          log.error("{} has closed, and what was to be done then failed", id, e);
        }
      });
    } catch (RejectedExecutionException e) {
      log.error("{} has closed, and no thread is free for what was to be done then", id, e);
    }
  }
}
