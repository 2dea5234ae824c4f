package dev.scalable.lifecycle;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The start of one part, within its time. */
final class Starting {

  /** For a part that was interrupted to end its start, so that it is not stopped in the middle of it. */
  private static final Duration LAST_MOMENT = Duration.ofSeconds(1);

  private Starting() {}

  /**
   * Starts a part on a thread of its own, so that one that hangs can be told from one that takes long. An interrupt
   * of the caller is handed on to that thread and kept: the part decides what becomes of it.
   *
   * @throws Exception what the part has thrown, or {@link TimeoutException} with the place where it hung
   */
  static void start(Part part) throws Exception {
    FutureTask<Void> task = new FutureTask<>(() -> {
      part.start();
      return null;
    });
    // A daemon only if the caller is one: threads that the part starts inherit it, and may be what keeps the JVM alive.
    Thread thread = Thread.ofPlatform().name("start of " + part.name()).start(task);
    Duration most = part.startTimeout();
    try {
      await(task, thread, most);
    } catch (TimeoutException e) {
      TimeoutException late = new TimeoutException("it has not started within " + most.toMillis()
          + " ms (Part.startTimeout) and was interrupted; the trace is where it stood");
      late.setStackTrace(thread.getStackTrace());
      thread.interrupt();
      thread.join(LAST_MOMENT);
      throw late;
    }
  }

  private static void await(FutureTask<Void> task, Thread thread, Duration most) throws Exception {
    long deadline = System.nanoTime() + most.toNanos();
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
