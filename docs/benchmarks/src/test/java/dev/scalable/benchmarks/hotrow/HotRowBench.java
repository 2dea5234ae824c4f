package dev.scalable.benchmarks.hotrow;

import dev.scalable.benchmarks.Machine;
import dev.scalable.benchmarks.Quartiles;
import dev.scalable.benchmarks.Stores;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * Measures how many orders in a second the row of one product lets through: transactions with the statements that an
 * order of the starter has, by plain JDBC on a PostgreSQL that does not wait for its disk. Beside it the same with the
 * stock taken by the last statement before the commit, and orders of many products. Windows take turns. Run by
 *
 * <pre>
 * mvn -Pbench -pl docs/benchmarks -am test -Dtest=HotRowBench -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
final class HotRowBench {

  private static final int WINDOWS = Integer.getInteger("hotrow.windows", 20);
  private static final Duration WINDOW = Duration.ofSeconds(1);
  private static final int WARM_UP = 3;
  private static final int CLIENTS = 16;
  private static final int PRODUCTS = 400;

  /** In which order an order does what, and how many products there are to order. */
  private enum Way {
    STOCK_BEFORE_THE_ANSWER_IS_KEPT(1), STOCK_LAST(1), MANY_PRODUCTS(PRODUCTS);

    private final int products;

    Way(int products) {
      this.products = products;
    }
  }

  @Test
  void prints_the_orders_of_one_product_in_a_second() throws Exception {
    System.out.printf("%n%s; %d windows of %s, %d clients%n", Machine.line(), WINDOWS, WINDOW, CLIENTS);
    List<Double> asItIs = new ArrayList<>();
    List<Double> stockLast = new ArrayList<>();
    List<Double> manyProducts = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    try (Stores stores = new Stores()) {
      create(stores.database());
      for (int window = -WARM_UP; window < WINDOWS; window++) {
        double first = ordersPerSecond(stores.database(), Way.STOCK_BEFORE_THE_ANSWER_IS_KEPT);
        double second = ordersPerSecond(stores.database(), Way.STOCK_LAST);
        double third = ordersPerSecond(stores.database(), Way.MANY_PRODUCTS);
        if (window >= 0) {
          asItIs.add(first);
          stockLast.add(second);
          manyProducts.add(third);
          ratios.add(second / first);
        }
      }
    }
    System.out.printf("orders/s (quartiles)%none product   %s%nstock last    %s, times the former %s%n",
        Quartiles.of(asItIs).text("%.0f"), Quartiles.of(stockLast).text("%.0f"), Quartiles.of(ratios).text("%.2f"));
    System.out.printf("many products %s%n%s%n", Quartiles.of(manyProducts).text("%.0f"), Machine.line());
  }

  private static void create(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
      statement.execute("create table stock (product_id bigint primary key, available int not null)");
      statement.execute("create table orders (id bigint generated always as identity primary key, product_id bigint)");
      statement.execute("create table sale (id bigint generated always as identity,"
          + " transaction xid8 not null default pg_current_xact_id(), order_id bigint, available int,"
          + " primary key (transaction, id))");
      statement.execute("insert into stock select n, 2000000000 from generate_series(1, 400) as n");
    }
  }

  private static double ordersPerSecond(DataSource database, Way way) throws Exception {
    long end = System.nanoTime() + WINDOW.toNanos();
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        all.add(clients.submit(() -> order(database, way, end)));
      }
      int orders = 0;
      for (Future<Integer> each : all) {
        orders += each.get();
      }
      return orders / (WINDOW.toNanos() / 1e9);
    }
  }

  private static int order(DataSource database, Way way, long end) throws SQLException {
    try (Connection connection = database.getConnection();
        var claim = connection.prepareStatement("insert into scalable.idempotency_key (scope, fingerprint, expires_at)"
            + " values (?, ?, now() + interval '1 day') on conflict do nothing");
        var announce = connection.prepareStatement(
            "insert into scalable.cache_outbox (namespace, cache, keys) values ('bench', 'stock', '{1}')");
        var place = connection.prepareStatement("""
            with taken as (
              update stock set available = available - 1 where product_id = ? and available >= 1
              returning product_id, available),
            placed as (insert into orders (product_id) select product_id from taken returning id)
            insert into sale (order_id, available) select id, available from placed, taken
            """);
        var write = connection.prepareStatement("insert into orders (product_id) values (?)");
        var take = connection.prepareStatement("""
            with taken as (
              update stock set available = available - 1 where product_id = ? and available >= 1 returning available)
            insert into sale (order_id, available) select 1, available from taken
            """);
        var keep = connection.prepareStatement("update scalable.idempotency_key set status = 201, headers = '',"
            + " content_type = 'application/json', content = ? where scope = ?")) {
      connection.setAutoCommit(false);
      int orders = 0;
      byte[] scope = new byte[32];
      while (System.nanoTime() - end < 0) {
        ThreadLocalRandom.current().nextBytes(scope);
        int product = ThreadLocalRandom.current().nextInt(way.products) + 1;
        claim.setBytes(1, scope);
        claim.setBytes(2, scope);
        claim.executeUpdate();
        announce.executeUpdate();
        var before = way == Way.STOCK_LAST ? write : place;
        before.setLong(1, product);
        before.executeUpdate();
        keep.setBytes(1, new byte[130]);
        keep.setBytes(2, scope);
        keep.executeUpdate();
        if (way == Way.STOCK_LAST) {
          take.setLong(1, product);
          take.executeUpdate();
        }
        connection.commit();
        orders++;
      }
      return orders;
    }
  }
}
