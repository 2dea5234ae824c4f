package dev.scalable.testkit.shop;

import dev.scalable.testkit.cluster.Cluster;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What is in the shop's database, past the shop. */
final class Data {
  private static final AtomicLong NEXT_PRODUCT = new AtomicLong(1_000);

  private Data() {}

  /** A product id that was never used. */
  static long newProduct() {
    return NEXT_PRODUCT.incrementAndGet();
  }

  /** The id of a new product of which there is so much. */
  static long newProduct(Cluster cluster, long stock) throws SQLException {
    long id = newProduct();
    rows(cluster, "insert into product (id, price, stock) values (?, 1, ?) returning id", id, stock);
    return id;
  }

  /** The first column of all rows, as text. */
  static List<String> rows(Cluster cluster, String sql, Object... values) throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      List<String> rows = new ArrayList<>();
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          rows.add(String.valueOf(found.getString(1)));
        }
      }
      return rows;
    }
  }

  /** The only number that a query gives. */
  static long number(Cluster cluster, String sql, Object... values) throws SQLException {
    return Long.parseLong(rows(cluster, sql, values).get(0));
  }
}
