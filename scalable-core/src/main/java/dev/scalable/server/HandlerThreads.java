package dev.scalable.server;

import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What runs handlers: a virtual thread each, or a bounded pool of platform threads. */
final class HandlerThreads implements Executor {

  /** Enough to keep a database pool busy several times over; more would only queue there. */
  private static final int PLATFORM_THREADS = 64;

  private static final int PLATFORM_QUEUE = 1024;

  private final Executor executor;
  private final Runnable stop;

  private HandlerThreads(Executor executor, Runnable stop) {
    this.executor = executor;
    this.stop = stop;
  }

  /** The threads that the settings ask for. */
  static HandlerThreads of(ServerSettings.Threads kind) {
    return switch (kind) {
      case VIRTUAL -> {
        ThreadFactory factory = Thread.ofVirtual().name("handler-", 0).factory();
        // Cheaper than the bookkeeping of an executor service, and enough to interrupt what outlasts a drain.
        Set<Thread> running = ConcurrentHashMap.newKeySet();
        yield new HandlerThreads(task -> factory.newThread(() -> {
          running.add(Thread.currentThread());
          try {
            task.run();
          } finally {
            running.remove(Thread.currentThread());
          }
        }).start(), () -> running.forEach(Thread::interrupt));
      }
      case PLATFORM -> {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(PLATFORM_THREADS, PLATFORM_THREADS, 30, TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(PLATFORM_QUEUE), Thread.ofPlatform().daemon().name("handler-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        yield new HandlerThreads(pool, pool::shutdownNow);
      }
    };
  }

  /**
   * Runs a task on a handler thread.
   *
   * @throws java.util.concurrent.RejectedExecutionException if a bounded pool is full or stopped
   */
  @Override
  public void execute(Runnable task) {
    executor.execute(task);
  }

  /** Interrupts what still runs; does not wait. */
  void stop() {
    stop.run();
  }
}
