package dev.scalable.db;

import dev.scalable.config.Settings;
import java.net.URI;
import java.time.Duration;

/**
 * How the database is reached.
 *
 * @param url JDBC URL
 * @param user user name
 * @param password password; never printed
 * @param poolSize connections of this instance; instances times this must fit into the server's max_connections
 * @param acquireTimeout time in which a caller must get a connection
 * @param connectTimeout time in which a connection must be made
 * @param statementTimeout time after which the server cancels a statement
 * @param lockTimeout time after which the server gives up waiting for a lock
 */
public record DbSettings(URI url, String user, String password, int poolSize, Duration acquireTimeout,
    Duration connectTimeout, Duration statementTimeout, Duration lockTimeout) {

  /**
   * Reads the settings {@code SCALABLE_DB_*}; the URL is required.
   *
   * @param settings where to read; keeps every mistake
   */
  public static DbSettings from(Settings settings) {
    Duration least = Duration.ofMillis(1);
    Duration most = Duration.ofMinutes(10);
    return new DbSettings(
        settings.requiredUri("SCALABLE_DB_URL", "jdbc:postgresql://localhost:5432/app", "jdbc:postgresql"),
        settings.text("SCALABLE_DB_USER", "postgres"),
        settings.secret("SCALABLE_DB_PASSWORD", ""),
        settings.number("SCALABLE_DB_POOL_SIZE", 10, 1, 1_000),
        settings.duration("SCALABLE_DB_ACQUIRE_TIMEOUT", Duration.ofSeconds(2), least, most),
        settings.duration("SCALABLE_DB_CONNECT_TIMEOUT", Duration.ofSeconds(3), Duration.ofSeconds(1), most),
        settings.duration("SCALABLE_DB_STATEMENT_TIMEOUT", Duration.ofSeconds(5), least, most),
        settings.duration("SCALABLE_DB_LOCK_TIMEOUT", Duration.ofSeconds(2), least, most));
  }

  /** Without the password, and without one in the URL. */
  @Override
  public String toString() {
    return "DbSettings[user=" + user + ", poolSize=" + poolSize + "]";
  }
}
