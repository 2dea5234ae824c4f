package dev.scalable.testkit.backend;

import org.apiguardian.api.API;

/**
 * The cluster, or one node of it, did not do what was asked: it did not start, did not become ready in time, or cannot
 * run on this machine. The message says what was tried, the state and what to do, and carries the last log lines of the
 * nodes. When starting a cluster fails, nothing of it is left running.
 */
@API(status = API.Status.MAINTAINED)
public final class ClusterException extends RuntimeException {
  /**
   * One that nothing else has caused.
   *
   * @param message what was tried, the state and what to do
   */
  public ClusterException(String message) {
    super(message);
  }

  /**
   * One that something else has caused.
   *
   * @param message what was tried, the state and what to do
   * @param cause what went wrong below
   */
  public ClusterException(String message, Throwable cause) {
    super(message, cause);
  }
}
