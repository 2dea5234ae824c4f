package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Await;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Runs several things at once. */
final class Together {
  private Together() {}

  /**
   * Returns when all {@code tasks} have ended. The first failure interrupts the others and is thrown; the failures of
   * the others are suppressed into it.
   */
  static void run(List<? extends Runnable> tasks) {
    RuntimeException first = null;
    try (ExecutorService threads = Executors.newCachedThreadPool()) { // its end waits for the threads
      ExecutorCompletionService<Boolean> running = new ExecutorCompletionService<>(threads);
      tasks.forEach(task -> running.submit(task, true));
      for (int i = 0; i < tasks.size(); i++) {
        try {
          running.take().get();
        } catch (ExecutionException e) {
          RuntimeException failure =
              e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
          if (first == null) {
            first = failure;
            threads.shutdownNow(); // all have a thread already, so all still end and are taken
          } else if (!failure.equals(first)) {
            first.addSuppressed(failure);
          }
        } catch (InterruptedException e) {
          threads.shutdownNow();
          RuntimeException interrupted = Await.interrupted(e);
          if (first != null) {
            interrupted.addSuppressed(first);
          }
          throw interrupted;
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
