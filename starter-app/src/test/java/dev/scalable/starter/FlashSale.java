package dev.scalable.starter;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Load;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** A sale: one product of which there are some, and buyers with an account each, who want one of it. */
final class FlashSale {

  private final Cluster cluster;
  private final long product;
  private final AtomicInteger nextBuyer = new AtomicInteger();
  private final AtomicInteger sold = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  private FlashSale(Cluster cluster, long product) {
    this.cluster = cluster;
    this.product = product;
  }

  /** Puts a new product on sale, and opens the accounts of its buyers; past the application, since it is not what is tested. */
  static FlashSale of(Cluster cluster, int items, int buyers) throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection()) {
      long product = one(connection, """
          with created as (insert into product (name, price_cents) values ('Flash sale', 100) returning id)
          insert into stock (product_id, available) select id, ? from created returning product_id
          """, items);
      one(connection, """
          with buyer as (
            insert into account (name) select 'buyer ' || n from generate_series(1, ?) as n
            returning id),
          granted as (
            insert into access_token (digest, account_id, scope, expires_at)
            select encode(sha256(convert_to('%s' || row_number() over (), 'UTF8')), 'hex'), id, '', now() + interval '1 day'
            from buyer returning 1)
          select count(*) from granted
          """.formatted(token(product)), buyers);
      return new FlashSale(cluster, product);
    }
  }

  private static String token(long product) {
    return "a-token-of-sale-" + product + "-buyer-";
  }

  private static long one(Connection connection, String sql, int parameter) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, parameter);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /** Each request is the order of the next buyer, with a key of its own; that it comes too late is a good answer. */
  Load orders() {
    return cluster.load().name("flash sale")
        .step("order", journey -> Call.post("/orders", "{\"productId\":" + product + ",\"quantity\":1}")
            .header("Authorization", Tokens.shown(token(product) + nextBuyer.incrementAndGet())))
        .idempotencyKey().check(this::isTrue);
  }

  private boolean isTrue(Answer answer) {
    boolean tooLate = answer.status() == 409 && answer.text().contains("left");
    if (answer.status() == 201) {
      sold.incrementAndGet();
    } else if (tooLate) {
      refused.incrementAndGet();
    }
    return answer.status() == 201 || tooLate;
  }

  long product() {
    return product;
  }

  /** How many were told that they have one. */
  int sold() {
    return sold.get();
  }

  /** How many were told that they came too late. */
  int refused() {
    return refused.get();
  }

  /** What the database says of this product: {@code $id} in the query. */
  long count(String sql) throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement(sql.replace("$id", Long.toString(product)));
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
