package dev.scalable.benchmarks.peer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * The tables by plain JDBC and a pool of Hikari's, and a cache of Caffeine's that no other instance hears of.
 * Everything blocks. Safe for use by many threads.
 */
public final class Tables {

  private final HikariDataSource pool;
  private final LoadingCache<Long, Product> products = heap().build(this::product);
  private final Cache<Long, Integer> stocks = heap().build();

  /** Connects to the database that the environment tells of. */
  public Tables() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(Settings.of("JDBC_URL"));
    config.setUsername(Settings.of("DB_USER"));
    config.setPassword(Settings.of("DB_PASSWORD"));
    config.setMaximumPoolSize(Settings.CONNECTIONS);
    pool = new HikariDataSource(config);
  }

  /** Writes what is answered. */
  @FunctionalInterface
  public interface Encoder {

    /** As JSON. */
    byte[] json(Order order) throws Exception;
  }

  /** A product from the heap of this instance, or the database. */
  public Product cachedProduct(long id) {
    return Objects.requireNonNull(products.get(id));
  }

  /** An order from the database. */
  public Order order(long id) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(Sql.ORDER)) {
      statement.setLong(1, id);
      statement.setLong(2, Sql.ACCOUNT);
      return order(statement, "order " + id);
    }
  }

  /**
   * Places an order once for its key, in one transaction.
   *
   * @return the answer, as it is kept with the key
   */
  public byte[] place(String key, NewOrder wanted, Encoder encoder) throws Exception {
    byte[] scope = Sql.digest(key);
    byte[] fingerprint = Sql.digest(wanted.productId() + " " + wanted.quantity());
    byte[] answer;
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      try {
        answer = claimed(connection, scope, fingerprint)
            ? keep(connection, scope, encoder.json(placed(connection, wanted)))
            : kept(connection, scope, fingerprint);
        connection.commit();
      } catch (Exception e) {
        connection.rollback();
        throw e;
      }
    }
    stocks.invalidate(wanted.productId());
    return answer;
  }

  private Product product(long id) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(Sql.PRODUCT)) {
      statement.setLong(1, id);
      try (ResultSet row = statement.executeQuery()) {
        require(row.next(), "product " + id);
        return new Product(row.getLong(1), row.getString(2), row.getLong(3));
      }
    }
  }

  private static boolean claimed(Connection connection, byte[] scope, byte[] fingerprint) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(Sql.CLAIM)) {
      statement.setBytes(1, scope);
      statement.setBytes(2, fingerprint);
      return statement.executeUpdate() == 1;
    }
  }

  private static byte[] kept(Connection connection, byte[] scope, byte[] fingerprint) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(Sql.KEPT)) {
      statement.setBytes(1, scope);
      statement.setBytes(2, fingerprint);
      try (ResultSet row = statement.executeQuery()) {
        require(row.next(), "answer to this order by that key");
        return row.getBytes(1);
      }
    }
  }

  private static Order placed(Connection connection, NewOrder wanted) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(Sql.PLACE)) {
      statement.setInt(1, wanted.quantity());
      statement.setLong(2, wanted.productId());
      statement.setInt(3, wanted.quantity());
      statement.setLong(4, Sql.ACCOUNT);
      statement.setInt(5, wanted.quantity());
      return order(statement, "stock of product " + wanted.productId());
    }
  }

  private static byte[] keep(Connection connection, byte[] scope, byte[] answer) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(Sql.KEEP)) {
      statement.setBytes(1, answer);
      statement.setBytes(2, scope);
      statement.executeUpdate();
      return answer;
    }
  }

  private static Order order(PreparedStatement statement, String what) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      require(row.next(), what);
      return new Order(row.getLong(1), row.getLong(2), row.getInt(3), row.getLong(4), row.getString(5),
          row.getObject(6, OffsetDateTime.class).toInstant());
    }
  }

  private static void require(boolean there, String what) {
    if (!there) {
      throw new NoSuchElementException("There is no " + what);
    }
  }

  private static Caffeine<Object, Object> heap() {
    return Caffeine.newBuilder().expireAfterWrite(Duration.ofMinutes(10)).maximumSize(50_000);
  }
}
