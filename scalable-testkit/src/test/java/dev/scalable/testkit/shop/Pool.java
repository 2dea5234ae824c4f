package dev.scalable.testkit.shop;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Connections to PostgreSQL, and transactions on them. Safe for use by several threads. */
final class Pool {
  static final int SIZE = 8;
  private static final long PATIENCE_SECONDS = 2;

  /** What a transaction does; it is committed if this returns and rolled back if it throws. */
  @FunctionalInterface
  interface Work<T> {
    T in(Connection connection) throws SQLException;
  }

  private final String url;
  private final String user;
  private final String password;
  private final Bugs bugs;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private final ConcurrentLinkedDeque<Connection> leaked = new ConcurrentLinkedDeque<>();
  private volatile Semaphore free = new Semaphore(SIZE, true);

  Pool(String url, String user, String password, Bugs bugs) {
    this.url = url;
    this.user = user;
    this.password = password;
    this.bugs = bugs;
  }

  <T> T transaction(Work<T> work) throws SQLException {
    Semaphore permits = free;
    take(permits);
    Connection connection = null;
    boolean healthy = false;
    boolean leak = false;
    try {
      connection = idle.pollFirst();
      if (connection == null) {
        connection = DriverManager.getConnection(url, user, password);
        connection.setAutoCommit(false);
      }
      T result = work.in(connection);
      connection.commit();
      healthy = true;
      return result;
    } catch (Refused refused) {
      leak = bugs.has(Bug.LEAKED_CONNECTION);
      healthy = !leak && rolledBack(connection);
      throw refused;
    } catch (SQLException broken) {
      healthy = rolledBack(connection);
      throw broken;
    } finally {
      if (leak && connection != null) {
        leaked.add(connection); // held on to, or the collector would close it in the end
      } else {
        giveBack(connection, healthy);
        permits.release();
      }
    }
  }

  /** As if nothing had ever been leaked. */
  void reset() {
    for (Connection lost = leaked.poll(); lost != null; lost = leaked.poll()) {
      close(lost);
    }
    free = new Semaphore(SIZE, true);
  }

  /** The first column of the only row as a number; empty if there is no row. */
  static Optional<Long> number(Connection connection, String sql, @Nullable Object... values) throws SQLException {
    try (PreparedStatement statement = prepared(connection, sql, values); ResultSet rows = statement.executeQuery()) {
      return rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty();
    }
  }

  /** The first column of the only row; empty if there is no row, or it holds null. */
  static Optional<String> text(Connection connection, String sql, @Nullable Object... values) throws SQLException {
    try (PreparedStatement statement = prepared(connection, sql, values); ResultSet rows = statement.executeQuery()) {
      return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
    }
  }

  /** How many rows were changed. */
  static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
    try (PreparedStatement statement = prepared(connection, sql, values)) {
      return statement.executeUpdate();
    }
  }

  private static PreparedStatement prepared(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  private void take(Semaphore permits) {
    try {
      if (!permits.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new Refused(503, "no database connection of " + SIZE + " came free within " + PATIENCE_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refused(503, "interrupted");
    }
  }

  private void giveBack(@Nullable Connection connection, boolean healthy) {
    if (connection != null && healthy) {
      idle.addFirst(connection);
    } else if (connection != null) {
      close(connection);
    }
  }

  private static boolean rolledBack(@Nullable Connection connection) {
    try {
      if (connection != null) {
        connection.rollback();
      }
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      System.err.println("a connection that does not close: " + e);
    }
  }
}
