package dev.scalable.benchmarks.race;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The rows that are cached, in PostgreSQL; what a method has changed is committed when it returns. */
final class Rows implements AutoCloseable {

  private final HikariDataSource pool;

  Rows(DataSource database) throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setDataSource(database);
    config.setMaximumPoolSize(24);
    pool = new HikariDataSource(config);
    try (Connection connection = pool.getConnection()) {
      connection.createStatement().execute("create table items (id bigint primary key, version bigint not null)");
    }
  }

  /** Makes rows of version 1. */
  void insert(long first, int count) {
    run("insert into items select id, 1 from generate_series(?, ?) id", first, first + count - 1);
  }

  /** Writes the next version. */
  void bump(long id) {
    run("update items set version = version + 1 where id = ?", id);
  }

  Item read(long id) {
    try (Connection connection = pool.getConnection();
        PreparedStatement query = connection.prepareStatement("select version from items where id = ?")) {
      query.setLong(1, id);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return new Item(id, row.getLong(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("Row " + id + " could not be read", e);
    }
  }

  private void run(String sql, long... values) {
    try (Connection connection = pool.getConnection(); PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setLong(i + 1, values[i]);
      }
      statement.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException("Not done: " + sql, e);
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
