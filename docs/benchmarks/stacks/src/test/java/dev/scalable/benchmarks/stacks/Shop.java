package dev.scalable.benchmarks.stacks;

import dev.scalable.auth.TokenVerifier;
import dev.scalable.starter.Migrate;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Load;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The data that all stacks work on: the starter's own tables, made by its own migration, and who asks. */
final class Shop {

  static final int PRODUCTS = 1_000;

  private static final String TOKEN = "the-token-of-the-one-account-of-these-measurements";

  private Shop() {}

  /** The app with the step that makes the tables, whatever it is written in. */
  static AppSpec migrated(AppSpec app) {
    return app.migrate(Migrate.class.getName())
        .env("SCALABLE_DB_URL", "${JDBC_URL}").env("SCALABLE_DB_USER", "${DB_USER}")
        .env("SCALABLE_DB_PASSWORD", "${DB_PASSWORD}").env("STARTER_SAMPLE_PRODUCTS", Integer.toString(PRODUCTS));
  }

  /** Fills the tables: stock that never ends, account number 1, and an order of each product. */
  static void fill(Cluster cluster) throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("update stock set available = 1000000000");
      statement.execute("insert into account (id, name) overriding system value values (1, 'who asks')");
      statement.execute("insert into access_token (digest, account_id, scope, expires_at) values ('"
          + TokenVerifier.digest(TOKEN) + "', 1, '', now() + interval '1 day')");
      statement.execute("insert into orders (account_id, product_id, quantity, price_cents, placed_at)"
          + " select 1, id, 1, price_cents, '2026-01-01T00:00:00Z' from product order by id");
      statement.execute("vacuum analyze");
    }
  }

  /** The body of an order. */
  static String order(long product) {
    return "{\"productId\":" + product + ",\"quantity\":1}";
  }

  static Load signedIn(Load load) {
    return load.header("Authorization", "Bearer " + TOKEN);
  }

  static Call signedIn(Call call) {
    return call.header("Authorization", "Bearer " + TOKEN);
  }

  /**
   * What placed orders have left.
   *
   * @param orders rows of orders that were placed
   * @param taken how much stock is gone
   * @param sales rows of the journal
   * @param keys claimed keys, each with its answer
   */
  record Effects(long orders, long taken, long sales, long keys) {

    /** Those of so many orders of one piece each. */
    static Effects of(long orders) {
      return new Effects(orders, orders, orders, orders);
    }

    static Effects in(Cluster cluster) throws SQLException {
      try (Connection connection = cluster.postgres().dataSource().getConnection();
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select (select count(*) from orders) - " + PRODUCTS
              + ", (select sum(1000000000 - available) from stock), (select count(*) from sale),"
              + " (select count(*) from scalable.idempotency_key where status = 201 and content is not null)")) {
        row.next();
        return new Effects(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
      }
    }
  }
}
