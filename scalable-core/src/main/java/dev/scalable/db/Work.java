package dev.scalable.db;

import org.jspecify.annotations.Nullable;

/**
 * What is done in one transaction. It gets the transaction passed in and must not keep it. It is run once; it should
 * all the same have no effects but on the database, since a later version may run it again when it certainly did not commit.
 *
 * @param <T> type of the result
 */
@FunctionalInterface
public interface Work<T extends @Nullable Object> {

  /**
   * Does the work.
   *
   * @param tx the open transaction, valid only during this call
   * @return the result
   * @throws Exception to roll back
   */
  T in(Tx tx) throws Exception;
}
