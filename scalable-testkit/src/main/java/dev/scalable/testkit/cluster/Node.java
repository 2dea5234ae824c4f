package dev.scalable.testkit.cluster;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A started process of the cluster: its name, the process and what it prints. */
record Node(String name, Process process, NodeLog log) {
  /** What strerror(3) says, and so Nginx, Redis, PostgreSQL and the JVM, apart from the case of the first letter. */
  private static final String EADDRINUSE = "ddress already in use";

  /** Waits until {@code condition} holds; fails at once, with the log, when the process ends before. */
  void awaitUntil(String state, BooleanSupplier condition, Duration limit) {
    awaitUntil(() -> state, condition, limit);
  }

  /**
   * Waits until {@code condition} holds while the process runs: what holds after its end is another's doing.
   *
   * @param state what is waited for, told in a failure
   */
  void awaitUntil(Supplier<String> state, BooleanSupplier condition, Duration limit) {
    Await.until(
        () -> {
          if (!process.isAlive()) {
            throw new ClusterException(name + " ended with exit code " + process.exitValue() + " before it was "
                + state.get() + "\n" + log.excerpt());
          }
          return condition.getAsBoolean();
        },
        limit,
        () -> name + " was not " + state.get() + " within " + limit.toSeconds() + " s; process " + process.pid()
            + " runs\n" + log.excerpt());
  }

  /** Waits until the process has ended with exit code 0; fails, with the log, when it does not. */
  void awaitSuccess(String work, Duration limit) {
    try {
      if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
        throw new ClusterException(
            work + " still runs after " + limit.toSeconds() + " s, as process " + process.pid() + "\n" + log.excerpt());
      }
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
    if (process.exitValue() != 0) {
      throw new ClusterException(work + " ended with exit code " + process.exitValue() + "\n" + log.excerpt());
    }
  }

  /** Whether the process has ended and says that its port was taken. */
  boolean foundItsPortInUse() {
    return !process.isAlive()
        && log.tail(NodeLog.LINES_IN_A_FAILURE).stream().anyMatch(line -> line.contains(EADDRINUSE));
  }
}
