package dev.scalable.server;

import dev.scalable.check.SharedState;
import io.undertow.server.AbstractServerConnection;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.AttachmentKey;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;

/**
 * The connections that may still carry a request, and the requests in flight on them: what a drain waits for. A connection that a
 * proxy has just made, and that has not carried a request yet, is one of them: its first request may be on its way.
 *
 * <p>A request ends when its response is written or its connection is closed, whichever comes first. HTTP/1.1 has at most one
 * request at a time on a connection, so one place per connection tells.
 *
 * <p>Safe for use by many threads.
 */
@SharedState("the connections of this instance, which no other has")
final class Connections {

  private static final AttachmentKey<Tracked> TRACKED = AttachmentKey.create(Tracked.class);

  /** Accepted, and no request read yet. Held weakly: one that is closed before it speaks tells nobody, and just goes. */
  private final Set<StreamConnection> silent = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
  private final Set<Tracked> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile boolean draining;

  /** One connection, and the request that is in flight on it, if any. */
  private record Tracked(ServerConnection connection, AtomicReference<@Nullable Observed> busy) {}

  /** Takes note of a connection, before anything is read from it. */
  void accepted(StreamConnection connection) {
    silent.add(connection);
  }

  /** Counts a request until it ends, and then tells it so. Called on the IO thread. */
  void enter(HttpServerExchange exchange, Observed request) {
    ServerConnection connection = exchange.getConnection();
    Tracked known = connection.getAttachment(TRACKED);
    Tracked tracked = known != null ? known : track(connection);
    tracked.busy().set(request);
    inFlight.incrementAndGet();
    exchange.addExchangeCompleteListener((done, next) -> {
      if (!done.isPersistent()) {
        // It carries no further request: what is left is the client's part of closing it, which nobody waits for.
        open.remove(tracked);
      }
      leave(tracked);
      next.proceed();
    });
  }

  private Tracked track(ServerConnection connection) {
    Tracked tracked = new Tracked(connection, new AtomicReference<>());
    connection.putAttachment(TRACKED, tracked);
    open.add(tracked);
    silent.remove(((AbstractServerConnection) connection).getChannel());
    connection.addCloseListener(closed -> {
      open.remove(tracked);
      leave(tracked);
      wake();
    });
    return tracked;
  }

  private void leave(Tracked tracked) {
    Observed ended = tracked.busy().getAndSet(null);
    if (ended != null) {
      // Before it is counted out: who waits for the last request may then count on its having been told of.
      ended.end();
      inFlight.decrementAndGet();
      wake();
    }
  }

  /** From now on each response asks for its connection to be closed. */
  void drain() {
    draining = true;
  }

  /** Whether {@link #drain()} was called. */
  boolean draining() {
    return draining;
  }

  /** How many requests are in flight. */
  int inFlight() {
    return inFlight.get();
  }

  /** How many connections may still carry a request. */
  int open() {
    synchronized (silent) {
      return open.size() + (int) silent.stream().filter(StreamConnection::isOpen).count();
    }
  }

  /**
   * Waits until no request is in flight and every connection is closed.
   *
   * @param idle after this time, connections without a request in flight are no longer waited for
   * @param most after this time, nothing is waited for
   * @return whether no request was left in flight
   */
  synchronized boolean awaitQuiet(Duration idle, Duration most) throws InterruptedException {
    long began = System.nanoTime();
    while (true) {
      long waited = System.nanoTime() - began;
      boolean quiet = inFlight.get() == 0 && (open() == 0 || waited >= idle.toNanos());
      if (quiet || waited >= most.toNanos()) {
        return inFlight.get() == 0;
      }
      // Woken by each end of a request or connection; the bound covers one that ended just before the wait began.
      wait(20);
    }
  }

  private void wake() {
    if (draining) {
      synchronized (this) {
        notifyAll();
      }
    }
  }
}
