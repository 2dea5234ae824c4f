package dev.scalable.starter;

import dev.scalable.testkit.cluster.Cluster;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The database as it is, past the application. */
final class Rows {

  private Rows() {}

  /** How many products there are. */
  static long products(Cluster cluster) throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement("select count(*) from product");
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** Changes a product's name without a word to the application. */
  static void rename(Cluster cluster, long id, String name) throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement("update product set name = ? where id = ?")) {
      statement.setString(1, name);
      statement.setLong(2, id);
      statement.executeUpdate();
    }
  }
}
