package dev.scalable.testkit.backend;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * One start of a node: a process, or a container that runs one. Safe for use by several threads. Where an environment
 * lacks a {@link Capability}, the methods that need it throw {@link UnsupportedOperationException}.
 */
public interface Node {
  /** What can be sent to it. */
  enum Signal {
    /** End, orderly. */
    TERM,
    /** End at once. */
    KILL,
    /** Stop in the middle of what it does; has stopped when the call returns. */
    STOP,
    /** Go on after {@link #STOP}. */
    CONT
  }

  /** Its name in the cluster: {@code app-1}, {@code nginx}, {@code postgres}, {@code redis}. */
  String name();

  /** The number of its process on the machine where it runs. */
  long pid();

  /** Whether it exists; a stopped one does. */
  boolean isRunning();

  /** Its exit code, 128 + n if signal n ended it. Only when it has ended. */
  int exitCode();

  /** Sends a signal; does nothing if it has ended. */
  void signal(Signal signal);

  /** Waits for its end; whether it came within {@code limit}. */
  boolean endsWithin(Duration limit);

  /** The processor time that it and its child processes have used, those that have ended too. Zero when it has ended. */
  Duration cpuTime();

  /** What the nodes of this name printed, over all their starts. */
  NodeLog log();

  /** Whether it has ended since another process listened on its port already. */
  boolean foundItsPortInUse();

  /**
   * Waits until {@code condition} holds while it runs: what holds after its end is another's doing.
   *
   * @param state what is waited for, told in a failure
   * @throws ClusterException at once, with its log, when it ends before, or when {@code limit} is over
   */
  default void awaitUntil(Supplier<String> state, BooleanSupplier condition, Duration limit) {
    Await.until(
        () -> {
          if (!isRunning()) {
            throw new ClusterException(name() + " ended with exit code " + exitCode() + " before it was "
                + state.get() + "\n" + log().excerpt());
          }
          return condition.getAsBoolean();
        },
        limit,
        () -> name() + " was not " + state.get() + " within " + limit.toSeconds() + " s; process " + pid()
            + " runs\n" + log().excerpt());
  }

  /**
   * Waits until it has ended with exit code 0.
   *
   * @param work what it does, told in a failure
   * @throws ClusterException with its log, when it ends otherwise or has not ended within {@code limit}
   */
  default void awaitSuccess(String work, Duration limit) {
    if (!endsWithin(limit)) {
      throw new ClusterException(
          work + " still runs after " + limit.toSeconds() + " s, as process " + pid() + "\n" + log().excerpt());
    }
    if (exitCode() != 0) {
      throw new ClusterException(work + " ended with exit code " + exitCode() + "\n" + log().excerpt());
    }
  }
}
