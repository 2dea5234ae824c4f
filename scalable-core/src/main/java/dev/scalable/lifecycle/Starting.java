package dev.scalable.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The start of one part, on a thread of its own, so that one that hangs can be told from one that takes long. */
final class Starting {

  /** For a part that was interrupted to end its start, so that it is not stopped in the middle of it. */
  private static final Duration LAST_MOMENT = Duration.ofSeconds(1);

  private final Part part;
  private final FutureTask<Void> task;
  private final Thread thread;
  private final long deadline;

  private Starting(Part part) {
    this.part = part;
    this.task = new FutureTask<>(() -> {
      part.start();
      return null;
    });
    this.deadline = System.nanoTime() + part.startTimeout().toNanos();
    // A daemon only if the caller is one: threads that the part starts inherit it, and may be what keeps the JVM alive.
    this.thread = Thread.ofPlatform().name("start of " + part.name()).start(task);
  }

  /** Begins to start a part. */
  static Starting of(Part part) {
    return new Starting(part);
  }

  Part part() {
    return part;
  }

  /**
   * Returns when the part has started. An interrupt of the caller is handed on to the part and kept: the part decides
   * what becomes of it.
   *
   * @throws Exception what the part has thrown, or {@link TimeoutException} with the place where it hung
   */
  void await() throws Exception {
    try {
      awaitUninterrupted();
    } catch (TimeoutException e) {
      TimeoutException late = new TimeoutException("it has not started within " + part.startTimeout().toMillis()
          + " ms (Part.startTimeout) and was interrupted; the trace is where it stood");
      late.setStackTrace(thread.getStackTrace());
      thread.interrupt();
      thread.join(LAST_MOMENT);
      throw late;
    }
  }

  /** Has parts give up their starts, and waits a moment, one for all of them, until they have. */
  static void giveUp(List<Starting> all) {
    all.forEach(one -> one.thread.interrupt());
    long end = System.nanoTime() + LAST_MOMENT.toNanos();
    boolean interrupted = Thread.interrupted();
    try {
      for (Starting one : all) {
        one.thread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitUninterrupted() throws Exception {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          task.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
          return;
        } catch (InterruptedException e) {
          interrupted = true;
          thread.interrupt();
        } catch (ExecutionException e) {
          if (e.getCause() instanceof Exception thrown) {
            throw thrown;
          }
          if (e.getCause() instanceof Error thrown) {
            throw thrown;
          }
          throw e;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
