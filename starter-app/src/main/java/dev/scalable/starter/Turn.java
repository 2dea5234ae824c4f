package dev.scalable.starter;

import dev.scalable.db.DbSettings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The turn of one migration step among any number of them: an advisory lock of PostgreSQL, held by a connection of its own and so
 * gone with the process. Who waits has one connection, while Flyway would open several and give up after 50 tries.
 *
 * <p>It asks again and again instead of waiting in the server: a statement that waits there has a snapshot, and CREATE INDEX
 * CONCURRENTLY waits for all snapshots, which would be a deadlock. It is no lock to be had through PgBouncer in transaction mode.
 */
final class Turn implements AutoCloseable {

  /** Any number; all versions of the service have the same. */
  private static final long LOCK = 0x5363616c61626c65L;

  /** Too many connections, a server that starts or stops, a link that was cut: what passes (PostgreSQL manual, appendix A). */
  private static final Set<String> PASSING = Set.of("53300", "57P03", "57P01", "08006");

  private static final int LEAST_PAUSE_MILLIS = 50;
  private static final int MOST_PAUSE_MILLIS = 250;

  private final Connection connection;
  private final Duration waited;

  private Turn(Connection connection, Duration waited) {
    this.connection = connection;
    this.waited = waited;
  }

  /**
   * Waits for a turn.
   *
   * @throws SQLException if it did not come within {@code patience}, or the database refuses to be connected to at all
   */
  static Turn take(DbSettings db, Duration patience) throws SQLException, InterruptedException {
    long began = System.nanoTime();
    Connection connection = null;
    SQLException latest = new SQLException("another migration step is at work");
    while (System.nanoTime() - began < patience.toNanos()) {
      try {
        if (connection == null) {
          connection = open(db);
        }
        if (isMine(connection)) {
          return new Turn(connection, Duration.ofNanos(System.nanoTime() - began));
        }
      } catch (SQLException e) {
        close(connection);
        connection = null;
        if (e.getSQLState() == null || !PASSING.contains(e.getSQLState())) {
          throw e;
        }
        latest = e;
      }
      Thread.sleep(ThreadLocalRandom.current().nextInt(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS));
    }
    close(connection);
    throw new SQLException("it was nobody's turn but others' for " + patience.toSeconds()
        + " s, which STARTER_MIGRATE_PATIENCE allows: " + latest.getMessage(), latest);
  }

  Duration waited() {
    return waited;
  }

  private static Connection open(DbSettings db) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", db.user());
    properties.setProperty("password", db.password());
    properties.setProperty("ApplicationName", "scalable migrate");
    properties.setProperty("connectTimeout", Long.toString(Math.max(1, db.connectTimeout().toSeconds())));
    properties.setProperty("tcpKeepAlive", "true");
    return DriverManager.getConnection(db.url().toString(), properties);
  }

  private static boolean isMine(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("select pg_try_advisory_lock(?)")) {
      statement.setLong(1, LOCK);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }

  private static void close(@Nullable Connection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      // It is gone either way, and its lock with it.
    }
  }

  /** Lets the next one have its turn. */
  @Override
  public void close() {
    close(connection);
  }
}
