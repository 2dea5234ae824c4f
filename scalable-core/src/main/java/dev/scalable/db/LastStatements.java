package dev.scalable.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The statements that end a transaction, the commit among them: sent together and answered together, so that all of
 * them cost one round trip. PostgreSQL skips what follows a statement that has failed, the commit as well (manual,
 * frontend/backend protocol, pipelining).
 *
 * <p>So when they were answered the transaction is committed, and nothing that comes of reading the answers may be taken
 * for a commit that was refused.
 */
final class LastStatements {

  private static final Logger log = LoggerFactory.getLogger(LastStatements.class);

  private final List<Last> all = new ArrayList<>(2);

  /** A statement, and what was answered. */
  private static final class Last implements LongSupplier {
    final String sql;
    final @Nullable Object[] parameters;
    @Nullable Long answer;

    Last(String sql, @Nullable Object[] parameters) {
      this.sql = sql;
      this.parameters = parameters;
    }

    @Override
    public long getAsLong() {
      Long known = answer;
      if (known == null) {
        throw new IllegalStateException("A statement that is sent with the commit has no answer before the transaction"
            + " has committed, none if it is not known whether it has, and none that is no number: " + sql);
      }
      return known;
    }
  }

  LongSupplier add(String sql, @Nullable Object... parameters) {
    Last last = new Last(sql, parameters);
    all.add(last);
    return last;
  }

  /** Sends them with the commit, or the commit alone. */
  void commit(Connection connection) throws SQLException {
    if (!all.isEmpty()) {
      send(connection);
    }
    // Asks nothing of a server that has committed. It is for the pool, which would roll back what it does not know of.
    connection.commit();
  }

  private void send(Connection connection) throws SQLException {
    StringBuilder sql = new StringBuilder();
    all.forEach(last -> sql.append(last.sql).append(';'));
    try (PreparedStatement statement = connection.prepareStatement(sql.append("commit").toString())) {
      int index = 1;
      for (Last last : all) {
        for (Object parameter : last.parameters) {
          statement.setObject(index++, parameter);
        }
      }
      boolean rows = statement.execute();
      for (Last last : all) {
        last.answer = rows ? first(statement) : Long.valueOf(statement.getUpdateCount());
        rows = statement.getMoreResults();
      }
    }
  }

  /** The first column of the first row, 0 without rows; null if it is no number. */
  private static @Nullable Long first(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.getResultSet()) {
      return rows.next() ? number(rows) : Long.valueOf(0);
    }
  }

  private static @Nullable Long number(ResultSet row) {
    try {
      return row.getObject(1) instanceof Number number ? number.longValue() : null;
    } catch (SQLException e) {
      log.debug("The answer to a statement that was sent with a commit cannot be read", e);
      return null;
    }
  }
}
