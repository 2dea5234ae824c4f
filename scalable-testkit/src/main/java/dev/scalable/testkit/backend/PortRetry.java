package dev.scalable.testkit.backend;

import java.util.function.Supplier;

/** Starts a node again, on other ports, when a process that is not ours was faster at taking the first ones. */
public final class PortRetry {
  private static final int ATTEMPTS = 5;

  private PortRetry() {}

  /**
   * A node that was launched.
   *
   * @param awaitReady returns when the node is ready, or throws
   * @param result what there is to know about it when it is
   */
  public record Attempt<T>(Node node, Runnable awaitReady, T result) {}

  /**
   * Returns the result of the first attempt whose node becomes ready.
   *
   * @param launch reserves ports and starts the node on them
   */
  public static <T> T start(Supplier<Attempt<T>> launch) {
    for (int number = 1; ; number++) {
      Attempt<T> attempt = launch.get();
      try {
        attempt.awaitReady().run();
        return attempt.result();
      } catch (ClusterException e) {
        if (number == ATTEMPTS || !attempt.node().foundItsPortInUse()) {
          throw e;
        }
      }
    }
  }
}
