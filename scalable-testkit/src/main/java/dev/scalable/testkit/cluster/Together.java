package dev.scalable.testkit.cluster;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Runs several things at once. */
final class Together {
  private Together() {}

  /** Returns when all {@code tasks} have ended. The first failure interrupts the others and is thrown. */
  static void run(List<? extends Runnable> tasks) {
    try (ExecutorService threads = Executors.newCachedThreadPool()) { // its end waits for the threads
      ExecutorCompletionService<Boolean> running = new ExecutorCompletionService<>(threads);
      tasks.forEach(task -> running.submit(task, true));
      try {
        for (int i = 0; i < tasks.size(); i++) {
          running.take().get();
        }
      } catch (ExecutionException e) {
        threads.shutdownNow();
        throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        threads.shutdownNow();
        throw Await.interrupted(e);
      }
    }
  }
}
