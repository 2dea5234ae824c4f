package dev.scalable.testkit.backend;

/**
 * The cluster, or one node of it, did not do what was asked: it did not start, did not become ready in time, or cannot
 * run on this machine. The message says what was tried, the state and what to do, and carries the last log lines of the
 * nodes. When starting a cluster fails, nothing of it is left running.
 */
public final class ClusterException extends RuntimeException {
  public ClusterException(String message) {
    super(message);
  }

  public ClusterException(String message, Throwable cause) {
    super(message, cause);
  }
}
