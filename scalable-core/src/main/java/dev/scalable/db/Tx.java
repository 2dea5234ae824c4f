package dev.scalable.db;

import java.sql.Connection;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

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
   * The connection of this transaction, for what Jdbi does not do, or does at a price: several statements in one round trip, {@code
   * COPY}, another library. Do not commit, roll back or close it, and change none of its settings.
   */
  Connection connection();

  /**
   * Has a statement run when the work has returned, sent to the server together with the commit: all statements that are given here
   * and the commit cost one round trip. They run in their order. If one fails, the transaction is rolled back and nothing is committed,
   * and the caller gets what a commit that was refused gets.
   *
   * @param sql one statement, with {@code ?} for each parameter
   * @param parameters what {@link java.sql.PreparedStatement#setObject(int, Object)} takes; they are read at the commit, so do not change
   *     them before
   * @return what the server has answered: the first column of the first row if the statement returns rows (0 if it returned none), else
   *     how many it has changed. It throws an {@link IllegalStateException} before the commit, when it is not known whether it
   *     happened, and when that column is no number
   * @throws IllegalStateException also in a read
   */
  LongSupplier withCommit(String sql, @Nullable Object... parameters);

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
