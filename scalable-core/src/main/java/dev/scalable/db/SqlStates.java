package dev.scalable.db;

import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the database says of a failure, by SQLSTATE (PostgreSQL manual, appendix A). */
final class SqlStates {

  /** serialization_failure, deadlock_detected, lock_not_available: rolled back for the sake of others, and may succeed next time. */
  static final Set<String> CONTENTION = Set.of("40001", "40P01", "55P03");

  /** A commit of a transaction in which a statement has failed: in_failed_sql_transaction. */
  static final String IN_FAILED_TRANSACTION = "25P02";

  private static final String QUERY_CANCELED = "57014";

  private static final String INVALID_CATALOG_NAME = "3D000";

  private static final String STATEMENT_COMPLETION_UNKNOWN = "40003";

  private SqlStates() {}

  /** The database's part in a failure; null if it has none. */
  static @Nullable SQLException in(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }

  static boolean contention(SQLException failure) {
    return failure.getSQLState() != null && CONTENTION.contains(failure.getSQLState());
  }

  /** Whether the server cancelled a statement since it took too long. */
  static boolean tooLong(SQLException failure) {
    return QUERY_CANCELED.equals(failure.getSQLState());
  }

  /** Classes 08 (connection exception) and 57P (operator intervention: a server that ends or starts): the connection is gone. */
  static boolean linkLost(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  /**
   * Whether a connection that could not be made cannot be made later either, unless somebody changes a setting: class
   * 28 (invalid authorization specification), a database that does not exist, a certificate that is not trusted.
   */
  static boolean stays(SQLException failure) {
    String state = failure.getSQLState();
    boolean refused = state != null && (state.startsWith("28") || state.equals(INVALID_CATALOG_NAME));
    return refused || distrust(failure);
  }

  private static boolean distrust(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }

  /** Whether the server itself has answered a commit with an error: then it has rolled back. */
  static boolean certainlyRolledBack(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && !linkLost(failure) && !state.equals(STATEMENT_COMPLETION_UNKNOWN);
  }
}
