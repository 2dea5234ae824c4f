package dev.scalable.db;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Makes connections for the pool. Once the pool is open it does not give up while the server is away, but tries again several times a
 * second: the pool itself would pause for up to 5 s between two tries, and so notice that much later that the server is back.
 */
final class PatientSource implements DataSource {

  private static final org.slf4j.Logger log = LoggerFactory.getLogger(PatientSource.class);

  private static final int CLOSING_SECONDS = 5;

  private final String url;
  private final Properties properties;
  /** Guarded by itself: the threads that are about to make a connection. */
  private final Set<Thread> trying = new HashSet<>();
  private volatile boolean patient;
  private volatile boolean closed;
  private volatile @Nullable SQLException failure;

  PatientSource(String url, Properties properties) {
    this.url = url;
    this.properties = properties;
  }

  /** From here on waits for a server that is away. */
  void bePatient() {
    patient = true;
  }

  /**
   * From here on makes no connection, and ends the tries that there are: a server that says nothing would hold up the
   * pool's end.
   */
  void close() {
    closed = true;
    synchronized (trying) {
      trying.forEach(Thread::interrupt);
    }
  }

  /** Why no connection can be made at the moment; null if the last try succeeded. */
  @Nullable SQLException failure() {
    return failure;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Thread current = Thread.currentThread();
    synchronized (trying) {
      trying.add(current);
    }
    try {
      return made();
    } finally {
      // Whoever is not among them is not interrupted.
      synchronized (trying) {
        trying.remove(current);
      }
    }
  }

  private Connection made() throws SQLException {
    for (;;) {
      if (closed) {
        throw new SQLException("The pool was closed");
      }
      try {
        Connection made = connect();
        if (failure != null) {
          failure = null;
          log.info("Connections to the database can be made again");
        }
        return made;
      } catch (SQLException e) {
        if (!patient || closed) {
          throw e;
        }
        if (failure == null) {
          log.warn("No connection to the database can be made; this is tried again several times a second: {}",
              e.getMessage());
        }
        failure = e;
        pause(e);
      }
    }
  }

  /** Not by the driver manager's own method: that would repeat the URL, with any password, if no driver takes it. */
  private Connection connect() throws SQLException {
    for (Driver driver : (Iterable<Driver>) DriverManager.drivers()::iterator) {
      Connection made = driver.acceptsURL(url) ? driver.connect(url, properties) : null;
      if (made != null) {
        return made;
      }
    }
    throw new SQLException("No driver on the class path takes the URL of SCALABLE_DB_URL");
  }

  /** At random, so that the instances do not come all at once when the server is back. */
  private static void pause(SQLException failure) throws SQLException {
    try {
      Thread.sleep(Duration.ofMillis(ThreadLocalRandom.current().nextInt(50, 250)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {
    // Among the properties.
  }

  /** For so long the pool waits, when it closes, for the end of a try. */
  @Override
  public int getLoginTimeout() {
    return CLOSING_SECONDS;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
