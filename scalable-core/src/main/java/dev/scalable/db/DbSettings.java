package dev.scalable.db;

import dev.scalable.config.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * How the database is reached.
 *
 * @param url JDBC URL
 * @param user user name
 * @param password password; never printed
 * @param poolSize connections of this instance
 * @param acquireTimeout time in which a caller must get a connection
 * @param connectTimeout time in which a connection must be made, sign-on included
 * @param statementTimeout time after which the server cancels a statement
 * @param lockTimeout time after which the server gives up waiting for a lock
 * @param limits how those two, and the one on idle transactions, reach the server
 * @param attempts most attempts of one transaction
 * @param retryBackoff the pause after attempt n is twice to the power of n times this, half of it more or less
 * @param retryTime time after which no other attempt of a transaction begins
 * @param leakDetection time after which a connection that is still out is logged with the stack that took it; zero for never
 * @param instances most instances that run at once; 0 if that is not known, and then nothing is checked
 * @param reserve connections that are kept for others, such as migrations and people
 * @param replica where reads may go besides; null if they all go to the primary
 */
@API(status = API.Status.EXPERIMENTAL)
public record DbSettings(URI url, String user, String password, int poolSize, Duration acquireTimeout,
    Duration connectTimeout, Duration statementTimeout, Duration lockTimeout, Limits limits, int attempts, Duration retryBackoff,
    Duration retryTime, Duration leakDetection, int instances, int reserve, @Nullable Replica replica) {

  /** For how long a read waits for a place at the replicas: it can be done elsewhere. */
  private static final Duration REPLICA_ACQUIRE_TIMEOUT = Duration.ofMillis(250);

  /**
   * Replicas that reads may go to, with the same user and password as the primary.
   *
   * @param url JDBC URL
   * @param poolSize connections of this instance to all of them together
   * @param maxLag how much of what was committed on the primary a read may miss at most
   */
  public record Replica(URI url, int poolSize, Duration maxLag) {

    /** Without the URL, which may hold a password. */
    @Override
    public String toString() {
      return "Replica[poolSize=" + poolSize + ", maxLag=" + maxLag + "]";
    }
  }

  /** How the limits on statements, locks and idle transactions reach the server. */
  public enum Limits {
    /** With the start of a connection, in its parameter {@code options}; costs nothing. */
    CONNECTION,
    /**
     * With the start of each transaction, which costs a round trip: for a pooler such as PgBouncer in transaction mode, which does not
     * pass {@code options} on and gives each transaction another connection.
     */
    TRANSACTION
  }

  /**
   * Reads the settings {@code SCALABLE_DB_*} and {@code SCALABLE_INSTANCES}; the URL is required.
   *
   * @param settings where to read; keeps every mistake
   */
  public static DbSettings from(Settings settings) {
    Duration least = Duration.ofMillis(1);
    Duration most = Duration.ofMinutes(10);
    DbSettings read = new DbSettings(
        settings.requiredUri("SCALABLE_DB_URL", "jdbc:postgresql://localhost:5432/app", "jdbc:postgresql"),
        settings.text("SCALABLE_DB_USER", "postgres"),
        settings.secret("SCALABLE_DB_PASSWORD", ""),
        settings.number("SCALABLE_DB_POOL_SIZE", 10, 1, 1_000),
        settings.duration("SCALABLE_DB_ACQUIRE_TIMEOUT", Duration.ofSeconds(2), least, most),
        settings.duration("SCALABLE_DB_CONNECT_TIMEOUT", Duration.ofSeconds(3), Duration.ofSeconds(1), most),
        settings.duration("SCALABLE_DB_STATEMENT_TIMEOUT", Duration.ofSeconds(5), least, most),
        settings.duration("SCALABLE_DB_LOCK_TIMEOUT", Duration.ofSeconds(2), least, most),
        settings.choice("SCALABLE_DB_LIMITS", Limits.class, Limits.CONNECTION),
        settings.number("SCALABLE_DB_ATTEMPTS", 4, 1, 20),
        settings.duration("SCALABLE_DB_RETRY_BACKOFF", Duration.ofMillis(5), least, Duration.ofSeconds(1)),
        settings.duration("SCALABLE_DB_RETRY_TIME", Duration.ofSeconds(3), least, most),
        settings.duration("SCALABLE_DB_LEAK_DETECTION", Duration.ZERO, Duration.ZERO, Duration.ofHours(1)),
        settings.number("SCALABLE_INSTANCES", 0, 0, 10_000),
        settings.number("SCALABLE_DB_RESERVE", 5, 0, 10_000),
        replica(settings));
    mistakes(Servers.PRIMARY, read.url(), settings);
    return read;
  }

  private static @Nullable Replica replica(Settings settings) {
    Optional<URI> url = settings.uri(Servers.REPLICAS.url(), "jdbc:postgresql://replica:5432/app", "jdbc:postgresql");
    int poolSize = settings.number(Servers.REPLICAS.poolSize(), 10, 1, 1_000);
    Duration maxLag = settings.duration("SCALABLE_DB_REPLICA_MAX_LAG", Duration.ofSeconds(5), Duration.ofMillis(200),
        Duration.ofHours(1));
    url.ifPresent(given -> mistakes(Servers.REPLICAS, given, settings));
    return url.map(given -> new Replica(given, poolSize, maxLag)).orElse(null);
  }

  private static void mistakes(Servers servers, URI url, Settings settings) {
    UrlForm.mistakes(servers, url).forEach(settings::mistake);
    UrlParameters.mistakes(servers, url).forEach(settings::mistake);
  }

  /** The settings of the pool for replicas; what is not said of them is as for the primary. */
  DbSettings of(Replica others) {
    return new DbSettings(others.url(), user, password, others.poolSize(), REPLICA_ACQUIRE_TIMEOUT, connectTimeout,
        statementTimeout, lockTimeout, limits, attempts, retryBackoff, retryTime, leakDetection, instances, reserve,
        null);
  }

  /** Longer than the server's own limit on a statement, so that it is the server who says what took too long. */
  Duration socketTimeout() {
    return Duration.ofSeconds(statementTimeout.plusMillis(999).toSeconds() + 5);
  }

  /** How long a transaction may be open between two statements. */
  Duration idleInTransactionTimeout() {
    return statementTimeout.plusSeconds(5);
  }

  /** Without the password, and without one in the URL. */
  @Override
  public String toString() {
    return "DbSettings[user=" + user + ", poolSize=" + poolSize + "]";
  }
}
