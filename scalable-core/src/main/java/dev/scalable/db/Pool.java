package dev.scalable.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.HikariPool;
import dev.scalable.check.SharedState;
import dev.scalable.db.DbSettings.Limits;
import dev.scalable.lifecycle.Part;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections to PostgreSQL: a HikariCP pool behind a fair gate of the same size. */
@Singleton
@SharedState("the connections of this instance")
final class Pool implements Part {

  private static final Logger log = LoggerFactory.getLogger(Pool.class);

  private static final Duration START_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(250);

  /** Least time between two replacements of all connections: those that were made since are good until they prove otherwise. */
  private static final Duration REPLACEMENT = Duration.ofSeconds(1);

  private static final String LIMIT = """
      select set_config('statement_timeout', ?, true), set_config('lock_timeout', ?, true),
      set_config('idle_in_transaction_session_timeout', ?, true)
      """;

  /** Has a say in whether a transaction may begin. */
  @FunctionalInterface
  interface Admission {
    /**
     * Throws what the caller gets if it may not.
     *
     * @param connection in the transaction
     * @param sameServer whether the server behind the connection is always the same
     */
    void admit(Connection connection, boolean sameServer) throws SQLException;
  }

  private final DbSettings settings;
  private final Servers servers;
  private final Admission admission;
  private final Retries retries;
  private final Gate gate;
  private final Tally tally = new Tally();
  private final PatientSource server;
  private final AtomicLong replaced = new AtomicLong(System.nanoTime() - REPLACEMENT.toNanos());
  private volatile @Nullable HikariDataSource source;
  private volatile @Nullable Jdbi jdbi;
  private volatile @Nullable Daos daos;
  /** Null until the first connection was asked. */
  private volatile @Nullable Boolean sessionsLast;

  @Inject
  Pool(DbSettings settings) {
    this(settings, Servers.PRIMARY, (connection, sameServer) -> {});
  }

  Pool(DbSettings settings, Servers servers, Admission admission) {
    this.settings = settings;
    this.servers = servers;
    this.admission = admission;
    this.retries = new Retries(settings.attempts(), settings.retryBackoff(), settings.retryTime());
    this.gate = new Gate(settings.poolSize(), settings.acquireTimeout());
    this.server = new PatientSource(settings.url().toString(), driverProperties(settings, servers));
  }

  @Override
  public String name() {
    return "the database pool";
  }

  @Override
  public Stage stage() {
    return Stage.CONNECTIONS;
  }

  /**
   * Opens the pool, and fails if the server is not as the settings need it; for the primary, also if no connection
   * can be made in 10 s, or at once where waiting mends nothing.
   */
  @Override
  public void start() throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setPoolName(servers.pool());
    config.setDataSource(server);
    config.setMaximumPoolSize(settings.poolSize());
    long acquireMillis = Math.max(500, settings.acquireTimeout().toMillis());
    config.setConnectionTimeout(acquireMillis);
    // An idle connection that does not answer is found out early enough to try another within the time above.
    config.setValidationTimeout(Math.max(250, Math.min(1_000, acquireMillis / 2)));
    // The least time is one try; how often it is tried is decided here.
    config.setInitializationFailTimeout(servers == Servers.PRIMARY ? 1 : -1);
    config.setKeepaliveTime(Duration.ofMinutes(1).toMillis());
    config.setLeakDetectionThreshold(settings.leakDetection().toMillis());
    // Meanwhile: to load what Jdbi is made of takes as long as to connect.
    CompletableFuture<Jdbi> meanwhile =
        CompletableFuture.supplyAsync(this::jdbi, Thread.ofPlatform().daemon().name("start of Jdbi")::start);
    if (servers == Servers.PRIMARY) {
      openAndCheck(config);
    } else {
      checkAndOpen(config);
    }
    Jdbi made = meanwhile.join();
    daos = Daos.of(made);
    jdbi = made;
  }

  private Jdbi jdbi() {
    Jdbi made = Jdbi.create(() -> Objects.requireNonNull(source, "the pool was not opened").getConnection())
        .installPlugin(new SqlObjectPlugin()).installPlugin(new PostgresPlugin());
    // Messages end in logs: they hold no arguments, which are the clients' data and could forge lines.
    made.getConfig(StatementExceptions.class).setMessageRendering(StatementExceptions.MessageRendering.NONE);
    return made;
  }

  private void openAndCheck(HikariConfig config) throws SQLException {
    HikariDataSource opened = open(config);
    source = opened;
    check(opened);
    server.bePatient();
  }

  private static HikariDataSource open(HikariConfig config) {
    long end = System.nanoTime() + START_TIMEOUT.toNanos();
    while (true) {
      try {
        return new HikariDataSource(config);
      } catch (HikariPool.PoolInitializationException e) {
        SQLException failure = SqlStates.in(e);
        if (failure == null || SqlStates.stays(failure) || System.nanoTime() - end >= 0) {
          throw e;
        }
        try {
          TimeUnit.NANOSECONDS.sleep(BETWEEN_TRIES.toNanos());
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw e;
        }
      }
    }
  }

  /** Nobody waits for a server here: not at the start, and not later. */
  private void checkAndOpen(HikariConfig config) {
    try {
      check(server);
    } catch (SQLException e) {
      log.warn("No server of {} could be reached at the start; this is tried again: {}", servers.url(), e.getMessage());
    }
    server.bePatient();
    source = new HikariDataSource(config);
  }

  private void check(DataSource from) throws SQLException {
    try (Connection connection = from.getConnection()) {
      connection.setAutoCommit(false);
      setLimits(connection);
      ServerCheck.run(connection, settings, servers);
      findOutHowLongSessionsLast(connection);
      connection.rollback();
    }
  }

  private void findOutHowLongSessionsLast(Connection connection) throws SQLException {
    sessionsLast = settings.limits() == Limits.CONNECTION && ServerCheck.direct(connection);
  }

  /** For a single connection to the primary that asks small questions: whatever does not answer at once is away. */
  static Properties watchProperties(DbSettings settings) {
    Properties properties = driverProperties(settings, Servers.PRIMARY);
    properties.setProperty("socketTimeout", properties.getProperty("connectTimeout"));
    return properties;
  }

  private static Properties driverProperties(DbSettings settings, Servers servers) {
    Properties properties = new Properties();
    properties.setProperty("user", settings.user());
    properties.setProperty("password", settings.password());
    properties.setProperty("ApplicationName", "scalable");
    String connectSeconds = Long.toString(settings.connectTimeout().plusMillis(999).toSeconds());
    properties.setProperty("connectTimeout", connectSeconds);
    // The sign-on as well: a server that takes the connection and says nothing is as far away as one that does not take it.
    properties.setProperty("loginTimeout", connectSeconds);
    properties.setProperty("socketFactory", Sockets.Factory.class.getName());
    properties.setProperty("socketTimeout", Long.toString(settings.socketTimeout().toSeconds()));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("reWriteBatchedInserts", "true");
    // The detail of a violated constraint quotes the row.
    properties.setProperty("logServerErrorDetail", "false");
    if (servers == Servers.REPLICAS) {
      properties.setProperty("targetServerType", "secondary");
      // What the URL says is stronger.
      properties.setProperty("loadBalanceHosts", "true");
      properties.setProperty("hostRecheckSeconds", "1");
    }
    if (settings.limits() == Limits.CONNECTION) {
      properties.setProperty("options", "-c statement_timeout=" + settings.statementTimeout().toMillis()
          + " -c lock_timeout=" + settings.lockTimeout().toMillis()
          + " -c idle_in_transaction_session_timeout=" + settings.idleInTransactionTimeout().toMillis());
    }
    return properties;
  }

  @Override
  public void stop() {
    server.close();
    HikariDataSource opened = source;
    if (opened != null) {
      opened.close();
    }
  }

  Retries retries() {
    return retries;
  }

  Tally tally() {
    return tally;
  }

  /** Makes data access objects on its connections. */
  Daos daos() {
    return Objects.requireNonNull(daos, "the pool was not started");
  }

  /** Whether what is said of a session holds until it is said otherwise: not if a pooler may pass it to others. */
  boolean sessionsLast() {
    return Boolean.TRUE.equals(sessionsLast);
  }

  /**
   * Takes a connection, waiting for its turn. It must be given back with {@link #release}.
   *
   * @throws DbUnavailable if none was free in time or none could be made; nothing is held then
   */
  Handle acquire() {
    Jdbi opened = jdbi;
    if (opened == null) {
      throw new IllegalStateException("The database was used before the service has started");
    }
    long began = System.nanoTime();
    try {
      gate.enter();
    } catch (DbUnavailable e) {
      tally.refused();
      throw e;
    }
    try {
      Handle handle = opened.open();
      tally.acquired(System.nanoTime() - began);
      return handle;
    } catch (RuntimeException e) {
      gate.leave();
      tally.refused();
      SQLException failure = server.failure();
      throw new DbUnavailable("No connection to the database of " + servers.url() + " could be had: " + e.getMessage()
          + (failure == null ? "" : "; the last try to make one failed: " + failure.getMessage()), e);
    } catch (Error e) {
      gate.leave();
      throw e;
    }
  }

  /** Whether the last try to make a connection failed. */
  boolean away() {
    return server.failure() != null;
  }

  /** Tells the server the limits of the transaction, if its connections do not have them, and lets it begin or not. */
  void limit(Connection connection) throws SQLException {
    setLimits(connection);
    if (sessionsLast == null) {
      // A replica that was not there at the start.
      findOutHowLongSessionsLast(connection);
    }
    admission.admit(connection, sessionsLast());
  }

  private void setLimits(Connection connection) throws SQLException {
    if (settings.limits() == Limits.TRANSACTION) {
      try (PreparedStatement limit = connection.prepareStatement(LIMIT)) {
        limit.setString(1, Long.toString(settings.statementTimeout().toMillis()));
        limit.setString(2, Long.toString(settings.lockTimeout().toMillis()));
        limit.setString(3, Long.toString(settings.idleInTransactionTimeout().toMillis()));
        limit.execute();
      }
    }
  }

  /** How connections are used at the moment. */
  Db.Stats stats() {
    HikariDataSource opened = source;
    HikariPoolMXBean pool = opened == null ? null : opened.getHikariPoolMXBean();
    return tally.stats(settings.poolSize(), pool == null ? 0 : pool.getTotalConnections(), gate.taken(), gate.waiting());
  }

  /**
   * Has all connections replaced, those in use once they come back: where one was lost, the others most likely are too, and each would
   * cost somebody a failure.
   */
  void replaceAll() {
    long now = System.nanoTime();
    long last = replaced.get();
    HikariDataSource opened = source;
    if (now - last >= REPLACEMENT.toNanos() && replaced.compareAndSet(last, now) && opened != null) {
      opened.getHikariPoolMXBean().softEvictConnections();
    }
  }

  /** Gives a connection back, and lets the next caller in. */
  void release(Handle handle) {
    try {
      // Ended by then, so this is a matter of the driver's alone; Jdbi takes a handle without it for one in a transaction.
      Connection connection = handle.getConnection();
      if (!connection.isClosed()) {
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      log.debug("A connection could not be made ready for its next use, and is replaced", e);
    }
    try {
      handle.close();
    } catch (RuntimeException e) {
      // The transaction has ended, and its outcome is what the caller must hear; HikariCP replaces the connection.
      log.warn("A database connection could not be given back and is replaced: {}", e.getMessage(), e);
    } finally {
      gate.leave();
    }
  }
}
