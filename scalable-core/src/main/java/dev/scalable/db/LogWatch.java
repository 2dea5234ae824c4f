package dev.scalable.db;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the primary again and again how far its log is, on a connection of its own: were it one of the pool's, a pool
 * that is busy would make the replicas look stale, and have their reads come to it as well.
 */
final class LogWatch {

  private static final Logger log = LoggerFactory.getLogger(LogWatch.class);

  /** A segment's name begins with the timeline. What is not on disk yet has not been sent to a replica either. */
  private static final String QUESTION = """
      select pg_current_wal_flush_lsn() - '0/0'::pg_lsn, substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8)
      """;

  private final PatientSource server;
  private final Duration interval;
  private final Marks marks;
  private volatile @Nullable Thread thread;

  /**
   * Watches, once it is started.
   *
   * @param server makes the connection, without patience
   * @param interval time between two questions
   * @param marks gets the answers
   */
  LogWatch(PatientSource server, Duration interval, Marks marks) {
    this.server = server;
    this.interval = interval;
    this.marks = marks;
  }

  void start() {
    thread = Thread.ofPlatform().daemon().name("watch on the database's log").start(this::run);
  }

  void stop() throws InterruptedException {
    server.close();
    Thread running = thread;
    if (running != null) {
      running.interrupt();
      running.join();
    }
  }

  private void run() {
    boolean told = false;
    while (!Thread.currentThread().isInterrupted()) {
      try (Connection connection = server.getConnection();
          Statement statement = connection.createStatement()) {
        while (true) {
          look(statement);
          told = false;
          Thread.sleep(interval);
        }
      } catch (SQLException e) {
        if (!told) {
          log.warn("The primary cannot be asked how far its log is, which is tried again; replicas are read from for no"
              + " longer than SCALABLE_DB_REPLICA_MAX_LAG after it last could: {}", e.getMessage());
        }
        told = true;
        pause();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void look(Statement statement) throws SQLException {
    long before = System.nanoTime();
    try (ResultSet row = statement.executeQuery(QUESTION)) {
      row.next();
      marks.add(before, row.getLong(1), row.getString(2));
    }
  }

  private void pause() {
    try {
      Thread.sleep(interval);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
