package dev.scalable.server;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.AttachmentKey;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections that have carried a request and may carry another, and the requests in flight on them: what a drain waits for.
 *
 * <p>A request ends when its response is written or its connection is closed, whichever comes first. HTTP/1.1 has at most one
 * request at a time on a connection, so one flag per connection tells.
 *
 * <p>Safe for use by many threads.
 */
final class Connections {

  private static final AttachmentKey<Tracked> TRACKED = AttachmentKey.create(Tracked.class);

  private final Set<Tracked> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile boolean draining;

  /** One connection, and whether a request is in flight on it. */
  private record Tracked(ServerConnection connection, AtomicBoolean busy) {}

  /** Counts a request until it ends. Called on the IO thread, first thing. */
  void enter(HttpServerExchange exchange) {
    ServerConnection connection = exchange.getConnection();
    Tracked known = connection.getAttachment(TRACKED);
    Tracked tracked = known != null ? known : track(connection);
    tracked.busy().set(true);
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
    Tracked tracked = new Tracked(connection, new AtomicBoolean());
    connection.putAttachment(TRACKED, tracked);
    open.add(tracked);
    connection.addCloseListener(closed -> {
      open.remove(tracked);
      leave(tracked);
      wake();
    });
    return tracked;
  }

  private void leave(Tracked tracked) {
    if (tracked.busy().compareAndSet(true, false)) {
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

  /** How many connections that have carried a request may carry another. */
  int open() {
    return open.size();
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
      boolean quiet = inFlight.get() == 0 && (open.isEmpty() || waited >= idle.toNanos());
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
