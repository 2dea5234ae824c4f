package dev.scalable.db;

import org.jspecify.annotations.Nullable;

/**
 * The database. All work is done in transactions that begin and end here, each on a connection that is held no longer.
 *
 * <p>Safe for use by many threads. A caller waits for its turn in the order of arrival, for at most the time that the settings
 * give, and then for a new connection if one has to be made, for at most as long again.
 */
public interface Db {

  /**
   * Does work in a read-only transaction (READ COMMITTED).
   *
   * @param work the work; must not write
   * @return what the work returned
   * @throws DbUnavailable if no connection could be had, or it was lost: nothing was changed
   */
  <T extends @Nullable Object> T read(Work<T> work);

  /**
   * Does work in a transaction (READ COMMITTED) and commits it; rolls back if the work throws.
   *
   * @param work the work
   * @return what the work returned
   * @throws DbUnavailable if no connection could be had, or it was lost before the commit: nothing was changed
   * @throws CommitUnknown if the connection was lost while the commit was on its way: it may or may not have taken effect
   * @throws RuntimeException what the work threw; checked exceptions come wrapped in {@link java.lang.reflect.UndeclaredThrowableException}
   */
  <T extends @Nullable Object> T write(Work<T> work);
}
