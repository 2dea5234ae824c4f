package dev.scalable.db;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The database. All work is done in calls of this, each on a connection that is held no longer.
 *
 * <p><b>A write is a transaction; a read is its statements</b>, each in a read-only transaction of its own, so that a read of one query
 * is one round trip. What needs one around several is put into {@code tx.handle().inTransaction(...)}: {@code set local}, advisory locks
 * of a transaction, a cursor. A statement of Jdbi with a fetch size begins it by itself.
 *
 * <p><b>Work may run more than once.</b> A transaction that the server ended because of others (SQLSTATE 40001
 * serialization_failure, 40P01 deadlock_detected, 55P03 lock_not_available; PostgreSQL manual, appendix A) is run again after a
 * short random time, up to {@code SCALABLE_DB_ATTEMPTS} times in all and as long as {@code SCALABLE_DB_RETRY_TIME} has not
 * passed. One whose connection was lost (class 08, 57P) before its first statement was answered is run once more on a fresh
 * connection. Nothing else is repeated, and never what may have committed. What failed before is suppressed into the exception that
 * is thrown in the end.
 *
 * <p><b>Calls are not nested.</b> Each takes a connection of its own, and with all of them taken by outer calls the inner ones would
 * wait in vain; an inner write would also commit when the outer one does not. So a call on a thread that is in a transaction is
 * refused: pass the {@link Tx} on to whatever takes part in it. Actions given to {@link Tx#afterCommit} and {@link Tx#onEnd} run
 * when the transaction is over, and may call this.
 *
 * <p>Safe for use by many threads. A caller waits for its turn in the order of arrival, for at most
 * {@code SCALABLE_DB_ACQUIRE_TIMEOUT} or until it is interrupted, as a handler is at its request's deadline, and then for a new
 * connection if one has to be made, for at most as long again.
 */
public interface Db {

  /**
   * Does work that reads (READ COMMITTED), which need not see what was committed a moment ago. A statement that
   * writes fails.
   *
   * <p>With {@code SCALABLE_DB_REPLICA_URL} set it is done on a replica, which may miss what was committed within
   * {@code SCALABLE_DB_REPLICA_MAX_LAG} before it began, and nothing older. If none can be had or is
   * known to be so fresh, it is done on the primary; work whose statement or connection failed on a replica runs
   * there once more. What is put into a cache, decides about rights, or follows a write of the same caller is a
   * matter for {@link #readPrimary}.
   *
   * @param work the work; must not write
   * @return what the work returned
   * @throws DbUnavailable if no connection could be had, it was lost, or the server gave up because of other transactions or of time
   * @throws IllegalStateException on a thread that is in a transaction
   * @throws X what the work threw
   */
  <T extends @Nullable Object, X extends Exception> T read(Work<T, X> work) throws X;

  /**
   * Does work that reads (READ COMMITTED) on the primary, so that it sees all that was committed before. A statement
   * that writes fails.
   *
   * @param work the work; must not write
   * @return what the work returned
   * @throws DbUnavailable if no connection could be had, it was lost, or the server gave up because of other transactions or of time
   * @throws IllegalStateException on a thread that is in a transaction
   * @throws X what the work threw
   */
  <T extends @Nullable Object, X extends Exception> T readPrimary(Work<T, X> work) throws X;

  /**
   * Does work in a transaction (READ COMMITTED) and commits it; rolls back if the work throws.
   *
   * @param work the work
   * @return what the work returned
   * @throws DbUnavailable if no connection could be had, it was lost before the commit, or the server gave up because of other
   *     transactions or of time (SQLSTATE 40001, 40P01, 55P03, 57014): nothing was changed
   * @throws org.jdbi.v3.core.JdbiException for another error of the database, such as a violated constraint: nothing was changed
   * @throws CommitUnknown if the connection was lost while the commit was on its way: it may or may not have taken effect
   * @throws IllegalStateException on a thread that is in a transaction
   * @throws X what the work threw: nothing was changed
   */
  default <T extends @Nullable Object, X extends Exception> T write(Work<T, X> work) throws X {
    return write(Isolation.READ_COMMITTED, work);
  }

  /**
   * Does work in a transaction and commits it; rolls back if the work throws.
   *
   * @param isolation how far it is kept apart from others; another than READ COMMITTED costs a round trip
   * @param work the work
   * @return what the work returned
   * @throws DbUnavailable as {@link #write(Work)}
   * @throws org.jdbi.v3.core.JdbiException as {@link #write(Work)}
   * @throws CommitUnknown as {@link #write(Work)}
   * @throws IllegalStateException on a thread that is in a transaction
   * @throws X what the work threw: nothing was changed
   */
  <T extends @Nullable Object, X extends Exception> T write(Isolation isolation, Work<T, X> work) throws X;

  /**
   * Whether this thread is in a transaction: then what needs a connection of its own must not be done on it. Costs some
   * nanoseconds.
   */
  boolean inTransaction();

  /** How the connections of this instance are used at the moment, and how transactions have ended since the start. */
  Stats stats();

  /** How far a transaction is kept apart from others (PostgreSQL manual, chapter 13.2). */
  enum Isolation {
    /** Each statement sees what was committed before it began. */
    READ_COMMITTED,
    /** All statements see what was committed before the first began; to change what another has changed since fails with 40001. */
    REPEATABLE_READ,
    /** As if transactions ran one after the other; those that could not have fail with 40001. */
    SERIALIZABLE
  }

  /**
   * The use of connections and the fate of transactions.
   *
   * @param size most connections of this instance
   * @param open connections that are open
   * @param active those of them that somebody has
   * @param waiting callers that wait for their turn
   * @param refused callers that have waited in vain since the start
   * @param acquired callers that have got a connection since the start
   * @param acquiring how long those have waited for it, all together
   * @param ended attempts by how they ended, since the start; every outcome is in it
   * @param retried attempts that were followed by another, since the start, by SQLSTATE: {@code 40001}, {@code 40P01}, {@code 55P03},
   *     and {@code 08} for a lost connection of any state; all of these are in it
   * @param replicas the same of replicas; null if there are none. All of the above is of the primary alone, but what
   *     ended well on a replica is among {@code ended}
   */
  record Stats(int size, int open, int active, int waiting, long refused, long acquired, Duration acquiring,
      Map<Outcome, Long> ended, Map<String, Long> retried, @Nullable ReplicaStats replicas) {

    /** Keeps copies. */
    public Stats {
      ended = Map.copyOf(ended);
      retried = Map.copyOf(retried);
    }
  }
  /**
   * The use of replicas.
   *
   * @param size most connections of this instance to them
   * @param open connections that are open
   * @param active those of them that somebody has
   * @param lag how far a replica was behind at most when one was last asked; null if that is not known
   * @param reads calls of {@link Db#read} since the start by what became of them: {@code served} by a replica, or
   *     left to the primary since a replica was {@code stale}, none was to be had in time ({@code unavailable}), or
   *     the database {@code failed} there. All of these are in it
   */
  record ReplicaStats(int size, int open, int active, @Nullable Duration lag, Map<String, Long> reads) {

    /** Keeps a copy. */
    public ReplicaStats {
      reads = Map.copyOf(reads);
    }
  }
}
