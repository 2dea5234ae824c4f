package dev.scalable.db;

/** A replica must not be read from, and was asked for nothing else. Without a stack trace: each read may meet one. */
final class StaleReplica extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final boolean promoted;

  StaleReplica(String message, boolean promoted) {
    super(message, null, true, false);
    this.promoted = promoted;
  }

  /** Whether it is no replica any more. */
  boolean promoted() {
    return promoted;
  }
}
