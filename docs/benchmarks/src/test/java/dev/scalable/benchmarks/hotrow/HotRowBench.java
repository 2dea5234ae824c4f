package dev.scalable.benchmarks.hotrow;

import dev.scalable.benchmarks.Machine;
import dev.scalable.benchmarks.Quartiles;
import dev.scalable.benchmarks.Stores;
import java.sql.Connection;
import java.sql.PreparedStatement;
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
 * answer kept and the commit sent one after the other, as it is where nothing is sent together, and orders of many
 * products. Windows take turns. Run by
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

  private static final String ANNOUNCE =
      "insert into scalable.cache_outbox (namespace, cache, keys) values ('bench', 'stock', '{1}')";
  private static final String KEEP = "insert into scalable.idempotency_key"
      + " (scope, fingerprint, expires_at, status, headers, content_type, content)"
      + " values (?, ?, now() + interval '1 day', 201, '', 'application/json', ?)";

  /** How an order ends, and how many products there are to order. */
  private enum Way {
    ONE_BY_ONE(1), WITH_COMMIT(1), MANY_PRODUCTS(PRODUCTS);

    private final int products;

    Way(int products) {
      this.products = products;
    }
  }

  @Test
  void prints_the_orders_of_one_product_in_a_second() throws Exception {
    System.out.printf("%n%s; %d windows of %s, %d clients%n", Machine.line(), WINDOWS, WINDOW, CLIENTS);
    List<Double> asItIs = new ArrayList<>();
    List<Double> oneByOne = new ArrayList<>();
    List<Double> manyProducts = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    try (Stores stores = new Stores()) {
      create(stores.database());
      for (int window = -WARM_UP; window < WINDOWS; window++) {
        double first = ordersPerSecond(stores.database(), Way.WITH_COMMIT);
        double second = ordersPerSecond(stores.database(), Way.ONE_BY_ONE);
        double third = ordersPerSecond(stores.database(), Way.MANY_PRODUCTS);
        if (window >= 0) {
          asItIs.add(first);
          oneByOne.add(second);
          manyProducts.add(third);
          ratios.add(first / second);
        }
      }
    }
    System.out.printf("orders/s (quartiles)%none product   %s, times the next %s%none by one   %s%n",
        Quartiles.of(asItIs).text("%.0f"), Quartiles.of(ratios).text("%.2f"), Quartiles.of(oneByOne).text("%.0f"));
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

  private static int order(DataSource database, Way way, long until) throws SQLException {
    try (Connection connection = database.getConnection();
        var claim = connection.prepareStatement("select pg_try_advisory_xact_lock(?);"
            + " select content from scalable.idempotency_key where scope = ?");
        var place = connection.prepareStatement("""
            with taken as (
              update stock set available = available - 1 where product_id = ? and available >= 1
              returning product_id, available),
            placed as (insert into orders (product_id) select product_id from taken returning id)
            insert into sale (order_id, available) select id, available from placed, taken
            """);
        var announce = connection.prepareStatement(ANNOUNCE);
        var keep = connection.prepareStatement(KEEP);
        var end = connection.prepareStatement(ANNOUNCE + ";" + KEEP + ";commit")) {
      connection.setAutoCommit(false);
      int orders = 0;
      byte[] scope = new byte[32];
      while (System.nanoTime() - until < 0) {
        ThreadLocalRandom.current().nextBytes(scope);
        claim.setLong(1, ThreadLocalRandom.current().nextLong());
        claim.setBytes(2, scope);
        claim.execute();
        place.setLong(1, ThreadLocalRandom.current().nextInt(way.products) + 1L);
        place.executeUpdate();
        if (way == Way.ONE_BY_ONE) {
          announce.executeUpdate();
          kept(keep, scope).executeUpdate();
          connection.commit();
        } else {
          kept(end, scope).execute();
        }
        orders++;
      }
      return orders;
    }
  }

  private static PreparedStatement kept(PreparedStatement keep, byte[] scope) throws SQLException {
    keep.setBytes(1, scope);
    keep.setBytes(2, scope);
    keep.setBytes(3, new byte[130]);
    return keep;
  }
}
