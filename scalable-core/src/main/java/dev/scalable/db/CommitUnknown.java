package dev.scalable.db;

/**
 * The connection was lost between a commit and its acknowledgement: the transaction may or may not have taken effect. Repeating it
 * could do it twice; ask the database, or use an idempotency key. Actions given to {@link Tx#onEnd} have run with
 * {@link Outcome#UNKNOWN}, those given to {@link Tx#afterCommit} have not.
 */
public final class CommitUnknown extends RuntimeException {

  private static final long serialVersionUID = 1;

  CommitUnknown(Throwable cause) {
    super("The connection was lost while a commit was on its way: whether it took effect is unknown", cause);
  }
}
