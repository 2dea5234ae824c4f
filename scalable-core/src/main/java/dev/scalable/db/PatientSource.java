package dev.scalable.db;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Properties;
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

  private final String url;
  private final Properties properties;
  private volatile boolean patient;
  private volatile @Nullable SQLException failure;

  PatientSource(String url, Properties properties) {
    this.url = url;
    this.properties = properties;
  }

  /** From here on, or until false is given, waits for a server that is away. */
  void patient(boolean value) {
    patient = value;
  }

  /** Why no connection can be made at the moment; null if the last try succeeded. */
  @Nullable SQLException failure() {
    return failure;
  }

  @Override
  public Connection getConnection() throws SQLException {
    for (;;) {
      try {
        Connection made = DriverManager.getConnection(url, properties);
        if (failure != null) {
          failure = null;
          log.info("Connections to the database can be made again");
        }
        return made;
      } catch (SQLException e) {
        if (!patient) {
          throw e;
        }
        if (failure == null) {
          log.warn("No connection to the database can be made; this is tried again several times a second: {}", e.getMessage());
        }
        failure = e;
        pause(e);
      }
    }
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

  @Override
  public int getLoginTimeout() {
    return 0;
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
