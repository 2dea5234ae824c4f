package dev.scalable.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.scalable.check.SharedState;
import dev.scalable.lifecycle.Part;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to PostgreSQL: a HikariCP pool behind a fair gate of the same size.
 *
 * <p>The gate is what callers wait at, in the order of arrival. Without it thousands of virtual threads would meet at the pool's
 * hand-off, which is built for few waiters and costs more processor time than a small query.
 */
@Singleton
@SharedState("the connections of this instance")
final class Pool implements Part {

  private static final Logger log = LoggerFactory.getLogger(Pool.class);

  private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

  private final DbSettings settings;
  private final Semaphore gate;
  private final LongAdder refused = new LongAdder();
  private volatile @Nullable HikariDataSource source;
  private volatile @Nullable Jdbi jdbi;

  @Inject
  Pool(DbSettings settings) {
    this.settings = settings;
    this.gate = new Semaphore(settings.poolSize(), true);
  }

  @Override
  public String name() {
    return "the database pool";
  }

  @Override
  public Stage stage() {
    return Stage.CONNECTIONS;
  }

  /** Opens the pool, and fails if no connection can be made in 10 s. */
  @Override
  public void start() {
    HikariConfig config = new HikariConfig();
    config.setPoolName("db");
    config.setJdbcUrl(settings.url().toString());
    config.setUsername(settings.user());
    config.setPassword(settings.password());
    config.setMaximumPoolSize(settings.poolSize());
    config.setConnectionTimeout(Math.max(250, settings.acquireTimeout().toMillis()));
    config.setInitializationFailTimeout(START_TIMEOUT.toMillis());
    config.setKeepaliveTime(Duration.ofMinutes(1).toMillis());
    config.addDataSourceProperty("ApplicationName", "scalable");
    config.addDataSourceProperty("connectTimeout", Math.max(1, settings.connectTimeout().toSeconds()));
    // Longer than the server's own limit on a statement, so that it is the server who says what took too long.
    config.addDataSourceProperty("socketTimeout", settings.statementTimeout().toSeconds() + 5);
    config.addDataSourceProperty("tcpKeepAlive", true);
    config.addDataSourceProperty("reWriteBatchedInserts", true);
    // The detail of a violated constraint quotes the row.
    config.addDataSourceProperty("logServerErrorDetail", false);
    config.addDataSourceProperty("options", "-c statement_timeout=" + settings.statementTimeout().toMillis()
        + " -c lock_timeout=" + settings.lockTimeout().toMillis()
        + " -c idle_in_transaction_session_timeout=" + settings.statementTimeout().plusSeconds(5).toMillis());
    HikariDataSource opened = new HikariDataSource(config);
    source = opened;
    Jdbi made = Jdbi.create(opened).installPlugin(new SqlObjectPlugin()).installPlugin(new PostgresPlugin());
    // Messages end in logs: they hold no arguments, which are the clients' data and could forge lines.
    made.getConfig(StatementExceptions.class).setMessageRendering(StatementExceptions.MessageRendering.NONE);
    jdbi = made;
  }

  @Override
  public void stop() {
    HikariDataSource opened = source;
    if (opened != null) {
      opened.close();
    }
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
    try {
      if (!gate.tryAcquire(settings.acquireTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
        refused.increment();
        throw new DbUnavailable("None of the " + settings.poolSize() + " database connections was free within "
            + settings.acquireTimeout().toMillis() + " ms and " + gate.getQueueLength() + " callers still wait: transactions take too"
            + " long, or SCALABLE_DB_POOL_SIZE is too small", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DbUnavailable("Interrupted while waiting for a database connection", e);
    }
    try {
      return opened.open();
    } catch (RuntimeException e) {
      gate.release();
      throw new DbUnavailable("No connection to the database of SCALABLE_DB_URL could be had: " + e.getMessage(), e);
    }
  }

  /** How connections are used at the moment. */
  Db.Stats stats() {
    HikariDataSource opened = source;
    HikariPoolMXBean pool = opened == null ? null : opened.getHikariPoolMXBean();
    return new Db.Stats(settings.poolSize(), pool == null ? 0 : pool.getTotalConnections(),
        settings.poolSize() - gate.availablePermits(), gate.getQueueLength(), refused.sum());
  }

  /** Gives a connection back, and lets the next caller in. */
  void release(Handle handle) {
    try {
      // Ended by then, so this is a matter of the driver's alone; Jdbi takes a handle without it for one in a transaction.
      if (!broken(handle)) {
        handle.getConnection().setAutoCommit(true);
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
      gate.release();
    }
  }

  /** Whether the connection under a handle can no longer be used. */
  static boolean broken(Handle handle) {
    try {
      Connection connection = handle.getConnection();
      return connection.isClosed();
    } catch (SQLException e) {
      return true;
    }
  }
}
