package dev.scalable.cache;

import dev.scalable.check.SharedState;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Where loaders run: so many at a time in this instance, each on a thread of its own, and each for so long.
 *
 * <p>On a thread of its own, and not on that of the caller who began it: others wait for the load as well, so it must
 * not end with that caller's request; and a loader that hangs and does not mind an interrupt can be left alone, while
 * everybody who waits for it goes on. Such a loader keeps its thread and whatever it holds, but no place here: or else
 * a few of them would end all loading.
 *
 * <p>There are fewer places than database connections, so that loads never take all of them from what writes.
 */
@SharedState("the loads of this instance that are under way")
final class Loads {

  /**
   * Set on a thread that runs a load. What that load gets from another cache goes on in its place: with a place for
   * each, all could be taken by loads that wait for one.
   */
  private static final ThreadLocal<Boolean> INSIDE = new ThreadLocal<>();

  private final Host host;
  private final int size;
  private final Duration timeout;
  private final Semaphore places;
  private final Executor threads;

  /** What follows a load; one of the two is called, once, on a thread of its own. */
  interface Ending<T> {
    /** It has returned. */
    void loaded(T result, long nanos);

    /** It has thrown, or was given up: a {@link CacheLoadTimeout}. */
    void failed(Throwable failure);
  }

  Loads(Host host, int size, Duration timeout) {
    // Before Java 24 a virtual thread that blocks in a synchronized method holds its carrier, and a few loaders could
    // hold all.
    this(host, size, timeout, Runtime.version().feature() >= 24);
  }

  Loads(Host host, int size, Duration timeout, boolean virtual) {
    this.host = host;
    this.size = size;
    this.timeout = timeout;
    this.places = new Semaphore(size, true);
    this.threads = virtual
        ? task -> Thread.ofVirtual().name("cache-load").start(task)
        : Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("cache-load-", 0).factory());
  }

  /** How long a load may take. */
  Duration timeout() {
    return timeout;
  }

  /** How many places are free. */
  int free() {
    return places.availablePermits();
  }

  /** How many threads wait for a place. */
  int waiting() {
    return places.getQueueLength();
  }

  /** Takes a place if one is free and nobody waits for it. */
  boolean enter() {
    try {
      // With a time, since without one it would not mind who waits.
      return nested() || host.acquire(places, Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Takes a place, waiting for it as long as a load may take; false if there was none. */
  boolean awaitPlace() throws InterruptedException {
    return nested() || host.acquire(places, timeout);
  }

  /** Gives a place back that was taken and is not needed. */
  void leave() {
    if (!nested()) {
      places.release();
    }
  }

  private static boolean nested() {
    return INSIDE.get() != null;
  }

  /** What to tell a caller for whom there was no place. */
  CacheLoadTimeout full(String what) {
    return new CacheLoadTimeout(what + " was not loaded: all " + size + " loads of this instance"
        + " (SCALABLE_CACHE_MAX_LOADS) were taken for " + timeout.toMillis() + " ms. Loads take too long, or there are"
        + " too many; nothing was changed");
  }

  /** Runs something short on a thread of its own. */
  void inBackground(Runnable task) {
    threads.execute(task);
  }

  /**
   * Runs a loader in a place that this thread has taken. The place is given back when the loader ends or is given up.
   *
   * @param what what it loads, for messages
   */
  <T> void start(Callable<T> loader, String what, Ending<T> ending) {
    boolean placed = !nested();
    Map<String, String> context = MDC.getCopyOfContextMap();
    CompletableFuture<Void> over = new CompletableFuture<>();
    long began = host.nanoTime();
    FutureTask<T> load = new FutureTask<>(loader) {
      @Override
      protected void done() {
        if (placed) {
          places.release();
        }
        over.complete(null);
      }
    };
    host.limit(over, timeout);
    var unused = over.whenComplete((ended, late) -> {
      if (late != null) {
        // Not here: this thread is the platform's, and keeps the time for everybody.
        threads.execute(() -> {
          if (load.cancel(true)) {
            ending.failed(new CacheLoadTimeout(what + " was being loaded for longer than " + timeout.toMillis()
                + " ms; the load was interrupted and given up, and the key can be loaded again"));
          }
        });
      }
    });
    threads.execute(() -> run(load, context, began, ending));
  }

  private <T> void run(FutureTask<T> load, @Nullable Map<String, String> context, long began, Ending<T> ending) {
    if (context != null) {
      // What a loader logs names the request that began it.
      MDC.setContextMap(context);
    }
    INSIDE.set(true);
    try {
      load.run();
    } finally {
      INSIDE.remove();
    }
    if (!load.isCancelled()) {
      conclude(load, host.nanoTime() - began, ending);
    }
    MDC.clear();
  }

  private static <T> void conclude(FutureTask<T> load, long nanos, Ending<T> ending) {
    switch (load.state()) {
      case SUCCESS -> {
        try {
          ending.loaded(load.resultNow(), nanos);
        } catch (RuntimeException | Error e) {
          ending.failed(e);
        }
      }
      case FAILED -> ending.failed(load.exceptionNow());
      default -> throw new AssertionError(load);
    }
  }
}
