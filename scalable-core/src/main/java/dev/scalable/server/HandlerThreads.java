package dev.scalable.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What runs handlers: a virtual thread each, or a bounded pool of platform threads. */
final class HandlerThreads implements Executor {

  private final Executor executor;
  private final Runnable stop;
  private volatile boolean stopped;

  private HandlerThreads(Executor executor, Runnable stop) {
    this.executor = executor;
    this.stop = stop;
  }

  /**
   * The threads that the settings ask for.
   *
   * @param most most tasks at once; {@link InFlight} asks for no more
   */
  static HandlerThreads of(ServerSettings.Threads kind, int most) {
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
        ThreadPoolExecutor pool = new ThreadPoolExecutor(most, most, 30, TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), Thread.ofPlatform().daemon().name("handler-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        yield new HandlerThreads(pool, pool::shutdownNow);
      }
    };
  }

  /**
   * Runs a task on a handler thread.
   *
   * @throws java.util.concurrent.RejectedExecutionException if the pool is stopped
   */
  @Override
  public void execute(Runnable task) {
    executor.execute(task);
  }

  /** Whether what runs was interrupted because the server ends. */
  boolean stopped() {
    return stopped;
  }

  /** Interrupts what still runs; does not wait. */
  void stop() {
    // Before the interrupt: who is interrupted may ask why.
    stopped = true;
    stop.run();
  }
}
