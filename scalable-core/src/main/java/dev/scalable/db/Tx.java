package dev.scalable.db;

import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/**
 * An open transaction. It belongs to one thread and one call of {@link Work}, and is passed to whatever takes part in it. Every
 * method throws an {@link IllegalStateException} once the transaction has ended, and on another thread.
 */
public interface Tx {

  /**
   * A data access object on this transaction.
   *
   * @param sqlObject an interface with Jdbi's {@code @SqlQuery} and {@code @SqlUpdate} methods
   * @return the object, valid as long as this transaction
   */
  <D> D dao(Class<D> sqlObject);

  /**
   * Jdbi's handle on this transaction; do not commit, roll back or close it. In a read its {@code inTransaction} begins a transaction
   * for the statements inside; in a write it joins the one there is.
   */
  Handle handle();

  /**
   * Runs an action once this transaction has ended and its connection is back in the pool, whatever the outcome. What must not be
   * missed, such as an invalidation, has to act on {@link Outcome#UNKNOWN} as on {@link Outcome#COMMITTED}.
   *
   * <p>Each action runs once, with the outcome of the attempt in which it was given: work that is run again gives its actions again,
   * and those of the attempt before have got {@link Outcome#ROLLED_BACK}.
   *
   * @param action gets the outcome; what it throws is logged and changes nothing
   */
  void onEnd(Consumer<Outcome> action);

  /**
   * Runs an action once this transaction has certainly committed and its connection is back in the pool; after all that was given
   * before to this method or to {@link #onEnd}.
   *
   * @param action what it throws is logged and changes nothing
   */
  void afterCommit(Runnable action);
}
