package dev.scalable.db;

import org.jspecify.annotations.Nullable;

/**
 * What is done in one transaction. It gets the transaction passed in and must not keep it.
 *
 * <p><b>It may run more than once.</b> When it certainly did not commit, since others stood in its way or the connection was lost,
 * all of it runs again in a new transaction with a {@link Tx} of its own. So it has no effects but on the database: it changes no
 * field or variable, sends nothing, and what it computes starts afresh each time. What is to be done once belongs behind
 * {@link Tx#afterCommit}.
 *
 * @param <T> type of the result
 * @param <X> what it throws besides unchecked exceptions; {@link RuntimeException} if nothing
 */
@FunctionalInterface
public interface Work<T extends @Nullable Object, X extends Exception> {

  /**
   * Does the work.
   *
   * @param tx the open transaction, valid only during this call and on this thread
   * @return the result
   * @throws X to roll back
   */
  T in(Tx tx) throws X;
}
