package dev.scalable.db;

import org.jspecify.annotations.Nullable;

/**
 * The database. All work is done in transactions that begin and end here, each on a connection that is held no longer.
 *
 * <p>Safe for use by many threads. A caller waits for its turn in the order of arrival, for at most the time that the settings
 * give, and then for a new connection if one has to be made, for at most as long again. Calls are not nested: each takes a
 * connection of its own, and with all of them taken by outer calls the inner ones would wait in vain.
 */
public interface Db {

  /**
   * Does work in a read-only transaction (READ COMMITTED). A statement that writes fails.
   *
   * @param work the work; must not write
   * @return what the work returned
   * @throws DbUnavailable if no connection could be had, it was lost, or the server gave up because of other transactions or of time
   * @throws RuntimeException what the work threw; checked exceptions come wrapped in
   *     {@link java.lang.reflect.UndeclaredThrowableException}
   */
  <T extends @Nullable Object> T read(Work<T> work);

  /**
   * Does work in a transaction (READ COMMITTED) and commits it; rolls back if the work throws.
   *
   * @param work the work
   * @return what the work returned
   * @throws DbUnavailable if no connection could be had, it was lost before the commit, or the server gave up because of other
   *     transactions or of time (SQLSTATE 40001, 40P01, 55P03, 57014): nothing was changed
   * @throws org.jdbi.v3.core.JdbiException for another error of the database, such as a violated constraint: nothing was changed
   * @throws CommitUnknown if the connection was lost while the commit was on its way: it may or may not have taken effect
   * @throws RuntimeException what the work threw; checked exceptions come wrapped in
   *     {@link java.lang.reflect.UndeclaredThrowableException}
   */
  <T extends @Nullable Object> T write(Work<T> work);

  /** How the connections of this instance are used at the moment. */
  Stats stats();

  /**
   * The use of connections.
   *
   * @param size most connections of this instance
   * @param open connections that are open
   * @param active those of them that somebody has
   * @param waiting callers that wait for their turn
   * @param refused callers that have waited in vain since the start
   */
  record Stats(int size, int open, int active, int waiting, long refused) {}
}
