package dev.scalable.server;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;

/**
 * How many handlers run at once. Threads are cheap and what handlers use is not: past some number, one more request only makes all
 * the others slower, and in the end all of them too late. So that number is a limit; a request beyond it waits a moment, in the order
 * of arrival, and is then told to come back.
 *
 * <p>A place is held by a handler until it returns, also past its deadline: what still runs still uses what the limit protects.
 * It is not held while a bound body arrives or a ready answer is written, or else a few slow clients could hold all of them. A
 * handler that reads an upload or writes a stream itself holds its place meanwhile, bounded by the rate that those demand.
 *
 * <p>Safe for use by many threads.
 */
final class InFlight {

  private final HandlerThreads threads;
  private final int most;
  private final Duration patience;

  /** Both guarded by this. As many may wait as may run: longer queues only wait for their own refusal. */
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private int running;

  /** A task that waits for a place. */
  private static final class Waiting {
    final Runnable task;
    final Consumer<RejectedExecutionException> refused;
    XnioExecutor.@Nullable Key timer;

    Waiting(Runnable task, Consumer<RejectedExecutionException> refused) {
      this.task = task;
      this.refused = refused;
    }
  }

  /**
   * A limit.
   *
   * @param threads what runs the handlers
   * @param most most handlers at once
   * @param patience longest wait for a place
   */
  InFlight(HandlerThreads threads, int most, Duration patience) {
    this.threads = threads;
    this.most = most;
    this.patience = patience;
  }

  /** Whether a request that came now would be refused. Asked before its body is read. */
  synchronized boolean full() {
    return running >= most && waiting.size() >= most;
  }

  /** How many handlers run, or have been given to a thread. */
  synchronized int running() {
    return running;
  }

  /**
   * Runs a task on a handler thread, now or within the patience.
   *
   * @param clock runs the timer of the wait
   * @param refused told when there was no place in time, instead of running the task
   */
  void execute(Runnable task, XnioExecutor clock, Consumer<RejectedExecutionException> refused) {
    synchronized (this) {
      if (running >= most) {
        if (waiting.size() >= most) {
          refused.accept(new RejectedExecutionException(most + " handlers run and as many wait"));
          return;
        }
        Waiting late = new Waiting(task, refused);
        late.timer = clock.executeAfter(() -> giveUp(late), patience.toMillis(), TimeUnit.MILLISECONDS);
        waiting.addLast(late);
        return;
      }
      running++;
    }
    start(task, refused);
  }

  private void start(Runnable task, Consumer<RejectedExecutionException> refused) {
    try {
      threads.execute(() -> {
        try {
          task.run();
        } finally {
          leave();
        }
      });
    } catch (RejectedExecutionException stopped) {
      leave();
      refused.accept(stopped);
    }
  }

  /** Gives the place to who has waited longest. */
  private void leave() {
    Waiting next;
    synchronized (this) {
      next = waiting.pollFirst();
      if (next == null) {
        running--;
        return;
      }
      if (next.timer != null) {
        next.timer.remove();
      }
    }
    start(next.task, next.refused);
  }

  private void giveUp(Waiting late) {
    synchronized (this) {
      if (!waiting.remove(late)) {
        return;
      }
    }
    late.refused.accept(new RejectedExecutionException(
        most + " handlers run, and none ended within " + patience.toMillis() + " ms"));
  }
}
