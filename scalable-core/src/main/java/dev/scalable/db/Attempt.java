package dev.scalable.db;

import dev.scalable.db.Db.Isolation;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * One try of a transaction: from taking a connection to giving it back, and the actions after that. It is used once, on one thread,
 * and knows afterwards whether another may follow.
 *
 * <p>A read begins none where it can be done without: in READ COMMITTED each statement has a snapshot of its own anyway. What it needs
 * instead is a session that is read only. So a session follows its use, at the price of a round trip when that changes, and a read of
 * one query is one round trip and not two.
 *
 * <p>It is our own and not Jdbi's: there, an exception thrown by an after-commit hook looks as if the commit had failed. Here
 * actions run when the connection is back in the pool and their failures change nothing.
 */
final class Attempt {

  private final Pool pool;
  private final Nesting nesting;
  private final boolean readOnly;
  private final Isolation isolation;
  /** Not null in a read that begins no transaction. */
  private final @Nullable LoneStatements lone;
  private Outcome outcome = Outcome.ROLLED_BACK;
  private @Nullable String retryReason;

  Attempt(Pool pool, Nesting nesting, boolean readOnly, Isolation isolation) {
    this.pool = pool;
    this.nesting = nesting;
    this.readOnly = readOnly;
    this.isolation = isolation;
    this.lone = readOnly && pool.sessionsLast() ? new LoneStatements() : null;
  }

  /**
   * Why this attempt, which has failed, may be followed by another: a SQLSTATE of {@link SqlStates#CONTENTION}, or {@link Tally#LINK}
   * if the connection was lost before the server had answered anything. Null if it may not.
   */
  @Nullable String retryReason() {
    return retryReason;
  }

  /** Runs the work and commits. What is thrown is the work's own, or what became of the commit. */
  <T extends @Nullable Object, X extends Exception> T run(Work<T, X> work) throws X {
    Handle handle = pool.acquire();
    OpenTx tx = new OpenTx(handle, pool.daos().on(handle, lone), readOnly);
    nesting.enter();
    try {
      Connection connection = handle.getConnection();
      BaseConnection driver = begin(handle, connection);
      T result = result(work, tx, connection, driver);
      commit(tx, connection, driver);
      return result;
    } finally {
      tx.close();
      nesting.leave();
      try {
        pool.release(handle);
      } finally {
        pool.tally().ended(outcome);
        tx.ended(outcome);
      }
    }
  }

  private BaseConnection begin(Handle handle, Connection connection) {
    try {
      BaseConnection driver = connection.unwrap(BaseConnection.class);
      if (pool.sessionsLast()) {
        turnSession(connection, driver);
      } else {
        connection.setReadOnly(readOnly);
      }
      if (lone != null) {
        handle.getConfig(SqlStatements.class).addCustomizer(lone);
      } else {
        // As setReadOnly, remembered by the driver and sent with the first statement, so it costs no round trip.
        connection.setAutoCommit(false);
      }
      if (isolation != Isolation.READ_COMMITTED) {
        // Not by the connection's method, which changes the session and not the transaction.
        try (Statement statement = connection.createStatement()) {
          statement.execute(isolation == Isolation.SERIALIZABLE
              ? "set transaction isolation level serializable" : "set transaction isolation level repeatable read");
        }
      }
      pool.limit(connection);
      return driver;
    } catch (SQLException e) {
      rollBack(connection, e);
      replaceOthers();
      retryReason = Tally.LINK;
      throw new DbUnavailable("The database connection was lost before the transaction began", e);
    }
  }

  /** Past the pool, which would turn it back each time. The driver keeps in mind how it is. */
  private void turnSession(Connection connection, BaseConnection driver) throws SQLException {
    if (driver.isReadOnly() != readOnly) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(readOnly ? "set session characteristics as transaction read only"
            : "set session characteristics as transaction read write");
      }
      driver.setReadOnly(readOnly);
    }
  }

  private <T extends @Nullable Object, X extends Exception> T result(Work<T, X> work, OpenTx tx, Connection connection,
      BaseConnection driver) throws X {
    try {
      return work.in(tx);
    } catch (Throwable failure) {
      boolean answered = answered(driver);
      boolean lost = rollBack(connection, failure);
      SQLException cause = SqlStates.in(failure);
      if (cause != null) {
        if (lost) {
          replaceOthers();
        }
        retryReason = retryReason(cause, lost, answered);
        refuse(failure, cause, lost);
      }
      throw failure;
    }
  }

  /** Asked of the driver: a transaction in which no statement was answered has not begun for it. */
  private boolean answered(BaseConnection driver) {
    return (lone != null && lone.answered()) || driver.getTransactionState() != TransactionState.IDLE;
  }

  private static @Nullable String retryReason(SQLException cause, boolean lost, boolean answered) {
    if (lost) {
      return answered ? null : Tally.LINK;
    }
    return SqlStates.contention(cause) ? cause.getSQLState() : null;
  }

  /** Throws what says that the call may be repeated, if it may: unless the work has made an exception of its own of the failure. */
  private static void refuse(Throwable failure, SQLException cause, boolean lost) {
    if (!(failure instanceof JdbiException || failure instanceof SQLException)) {
      return;
    }
    if (lost) {
      throw new DbUnavailable("The database connection was lost in a transaction, which was not committed", failure);
    }
    if (SqlStates.contention(cause) || SqlStates.tooLong(cause)) {
      throw new DbUnavailable("The transaction was rolled back since others stood in its way, or it took too long: "
          + failure.getMessage(), failure);
    }
  }

  private void commit(OpenTx tx, Connection connection, BaseConnection driver) {
    try {
      if (connection.isClosed()) {
        // Lost, and the work has swallowed what it was told of that.
        retryReason = answered(driver) ? null : Tally.LINK;
        throw new DbUnavailable("The database connection was lost in a transaction, which was not committed", null);
      }
      if (!connection.getAutoCommit()) {
        refuseFailed(connection, driver);
        tx.commit();
      }
      outcome = Outcome.COMMITTED;
    } catch (SQLException e) {
      if (SqlStates.certainlyRolledBack(e)) {
        // The server has, unless it was a statement before the commit that failed.
        rollBack(connection, e);
        retryReason = retryReason(e, false, true);
        refuse(e, e, false);
        throw new CommitRefused(e);
      }
      replaceOthers();
      if (!readOnly) {
        outcome = Outcome.UNKNOWN;
        throw new CommitUnknown(e);
      }
      // All was read, and there was nothing to commit.
      outcome = Outcome.COMMITTED;
    }
  }

  /** A commit that the server refused, for example for a deferred constraint. */
  private static final class CommitRefused extends JdbiException {
    private static final long serialVersionUID = 1;

    CommitRefused(SQLException cause) {
      super("The database refused the commit: " + cause.getMessage(), cause);
    }
  }

  /**
   * PostgreSQL answers the commit of a transaction in which a statement has failed with a rollback and no error, and the driver says
   * nothing either: if the work has swallowed that failure, this is the last chance to tell. It asks the driver and not the server.
   */
  private static void refuseFailed(Connection connection, BaseConnection driver) throws SQLException {
    if (driver.getTransactionState() == TransactionState.FAILED) {
      connection.rollback();
      throw new SQLException("a statement in the transaction had failed", SqlStates.IN_FAILED_TRANSACTION);
    }
  }

  /**
   * Has the other connections replaced as well, since this one was lost. Not if this thread was interrupted, as a
   * handler is at its request's deadline: that breaks what a virtual thread reads from, and says nothing of the others.
   */
  private void replaceOthers() {
    if (!Thread.currentThread().isInterrupted()) {
      pool.replaceAll();
    }
  }

  /** Rolls back, and says whether the connection was lost. */
  private static boolean rollBack(Connection connection, Throwable failure) {
    try {
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
      return connection.isClosed();
    } catch (SQLException e) {
      failure.addSuppressed(e);
      return true;
    }
  }
}
