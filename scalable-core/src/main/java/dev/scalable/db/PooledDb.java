package dev.scalable.db;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.reflect.UndeclaredThrowableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * Transactions on pooled connections.
 *
 * <p>The loop is our own and not Jdbi's: there, an exception thrown by an after-commit hook looks as if the commit had failed. Here
 * actions run when the connection is back in the pool and their failures change nothing.
 */
@Singleton
final class PooledDb implements Db {

  /**
   * SQLSTATEs of the PostgreSQL manual, appendix A: serialization_failure, deadlock_detected, lock_not_available, query_canceled (by
   * the statement timeout).
   */
  private static final Set<String> CONTENDED = Set.of("40001", "40P01", "55P03", "57014");

  private static final String IN_FAILED_TRANSACTION = "25P02";

  private final Pool pool;

  @Inject
  PooledDb(Pool pool) {
    this.pool = pool;
  }

  @Override
  public <T extends @Nullable Object> T read(Work<T> work) {
    return transaction(work, true);
  }

  @Override
  public <T extends @Nullable Object> T write(Work<T> work) {
    return transaction(work, false);
  }

  @Override
  public Stats stats() {
    return pool.stats();
  }

  private <T extends @Nullable Object> T transaction(Work<T> work, boolean readOnly) {
    Handle handle = pool.acquire();
    OpenTx tx = new OpenTx(handle);
    Outcome outcome = Outcome.ROLLED_BACK;
    try {
      begin(handle, readOnly);
      T result = attempt(work, tx, handle);
      try {
        refuseFailed(handle);
        handle.getConnection().commit();
        outcome = Outcome.COMMITTED;
      } catch (SQLException e) {
        if (certainlyRolledBack(e)) {
          throw new JdbiCommitFailed(e);
        }
        outcome = readOnly ? Outcome.ROLLED_BACK : Outcome.UNKNOWN;
        throw readOnly ? new DbUnavailable("The database connection was lost", e) : new CommitUnknown(e);
      }
      return result;
    } finally {
      try {
        pool.release(handle);
      } finally {
        tx.ended(outcome);
      }
    }
  }

  /** A commit that the server refused, for example for a deferred constraint. */
  private static final class JdbiCommitFailed extends JdbiException {
    private static final long serialVersionUID = 1;

    JdbiCommitFailed(SQLException cause) {
      super("The database refused the commit: " + cause.getMessage(), cause);
    }
  }

  /**
   * PostgreSQL answers the commit of a transaction in which a statement has failed with a rollback and no error, and the driver says
   * nothing either: if the work has swallowed that failure, this is the last chance to tell. It asks the driver and not the server.
   */
  private static void refuseFailed(Handle handle) throws SQLException {
    if (handle.getConnection().unwrap(BaseConnection.class).getTransactionState() == TransactionState.FAILED) {
      handle.getConnection().rollback();
      throw new SQLException("a statement in the transaction had failed", IN_FAILED_TRANSACTION);
    }
  }

  private static void begin(Handle handle, boolean readOnly) {
    try {
      Connection connection = handle.getConnection();
      // Both are remembered by the driver and sent with the first statement, so they cost no round trip.
      connection.setReadOnly(readOnly);
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      throw new DbUnavailable("The database connection was lost before the transaction began", e);
    }
  }

  private static <T extends @Nullable Object> T attempt(Work<T> work, OpenTx tx, Handle handle) {
    try {
      return work.in(tx);
    } catch (Exception | Error failure) {
      boolean lost = rollBack(handle, failure);
      if (lost && failure instanceof JdbiException) {
        throw new DbUnavailable("The database connection was lost in a transaction, which was not committed", failure);
      }
      if (failure instanceof JdbiException && contended(failure)) {
        throw new DbUnavailable("The transaction was rolled back since others stood in its way, or it took too long: "
            + failure.getMessage(), failure);
      }
      switch (failure) {
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        default -> throw new UndeclaredThrowableException(failure);
      }
    }
  }

  /** Whether the server gave up because of other transactions, or of time: what may succeed when it is tried again. */
  private static boolean contended(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null && CONTENDED.contains(sql.getSQLState())) {
        return true;
      }
    }
    return false;
  }

  /** Rolls back, and says whether the connection was lost. */
  private static boolean rollBack(Handle handle, Throwable failure) {
    try {
      handle.getConnection().rollback();
      return Pool.broken(handle);
    } catch (SQLException e) {
      failure.addSuppressed(e);
      return true;
    }
  }

  /**
   * Whether the server itself answered the commit with an error: then it has rolled back. Classes 08 (connection exception) and 57P
   * (operator intervention) mean that no answer came; the driver reports a lost link with 08006.
   * See the PostgreSQL manual, appendix A.
   */
  private static boolean certainlyRolledBack(SQLException e) {
    String state = e.getSQLState();
    return state != null && !state.startsWith("08") && !state.startsWith("57P");
  }
}
