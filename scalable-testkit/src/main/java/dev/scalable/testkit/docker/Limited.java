package dev.scalable.testkit.docker;

import dev.scalable.testkit.backend.Await;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Tries something that may take for ever and cannot be told to stop. */
final class Limited {
  private Limited() {}

  /** Why {@code task} did not succeed within {@code limit}; empty if it did. It may go on afterwards, on a daemon thread. */
  static Optional<String> attempt(Duration limit, Callable<?> task) {
    FutureTask<?> attempt = new FutureTask<>(task);
    Thread thread = new Thread(attempt, "scalable-testkit-engine");
    thread.setDaemon(true);
    thread.start();
    try {
      attempt.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return Optional.empty();
    } catch (TimeoutException e) {
      thread.interrupt();
      return Optional.of("it took longer than " + limit.toMillis() + " ms");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String message = cause.getMessage();
      return Optional.of(message == null ? cause.toString() : message.lines().findFirst().orElse(cause.toString()));
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
  }
}
