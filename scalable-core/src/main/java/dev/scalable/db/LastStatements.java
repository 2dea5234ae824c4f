package dev.scalable.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The statements that end a transaction, the commit among them: sent together and answered together, so that all of
 * them cost one round trip. PostgreSQL skips what follows a statement that has failed, the commit as well (manual,
 * 54.2.4, pipelining).
 */
final class LastStatements {

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
            + " has committed, and none if it is not known whether it has: " + sql);
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
        last.answer = rows ? first(statement) : statement.getUpdateCount();
        rows = statement.getMoreResults();
      }
    }
  }

  private static long first(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.getResultSet()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }
}
