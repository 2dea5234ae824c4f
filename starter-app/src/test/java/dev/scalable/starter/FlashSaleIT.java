package dev.scalable.starter;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.rate;
import static dev.scalable.testkit.load.Load.users;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.check.Staleness;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.junit.ClusterTest;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import dev.scalable.testkit.load.LoadResult;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** More buyers than items, and everything breaks meanwhile: never more is sold than there is, and nobody's order is lost. */
@ClusterTest(app = Main.class, migrate = Migrate.class, instances = 3, maxInstances = 4,
    env = {"STARTER_SAMPLE_PRODUCTS=10", Tokens.MERCHANT_SETTING})
class FlashSaleIT {

  /** As many as may come while instances are started on a slow machine. */
  private static final int BUYERS = 20_000;

  private static final Pattern PRICE = Pattern.compile("\"priceCents\":(\\d+)");

  private static void isTrueToTheDatabase(FlashSale sale, int items) throws Exception {
    assertThat(sale.count("select available from stock where product_id = $id")).as("left")
        .isEqualTo(items - sale.count("select sum(quantity) from orders where product_id = $id and state = 'PLACED'"));
    assertThat(sale.count("select count(*) - count(distinct account_id) from orders where product_id = $id"))
        .as("buyers who have bought twice").isZero();
    assertThat(sale.count("select sum(quantity) from sale where product_id = $id")).as("in the journal")
        .isEqualTo(sale.count("select sum(quantity) from orders where product_id = $id"));
    assertThat(sale.count("select count(distinct available) from sale where product_id = $id"))
        .as("each sale has left another number").isEqualTo(sale.count("select count(*) from sale where product_id = $id"));
  }

  @Test
  void two_thousand_buyers_get_exactly_five_hundred_items_while_one_instance_dies_and_another_is_replaced(Cluster cluster)
      throws Exception {
    FlashSale sale = FlashSale.of(cluster, 500, BUYERS);

    // 125 a second, 2,000 in all, and more if a machine needs longer to start instances; no more than 50 at once wait for the row of
    // the stock, since on a machine that is starved the last of hundreds would wait until its deadline.
    LoadResult result = sale.orders().closed(users(50).pace(ofMillis(400)), iterations(40))
        .whileRunning(() -> {
          cluster.instance(1).kill();
          cluster.instance(1).start();
          cluster.instance(2).restart(ofSeconds(40));
        })
        .run();

    assertThat(result).lostNothing();
    assertThat(result.ok()).isGreaterThanOrEqualTo(2_000);
    assertThat(sale.sold()).isEqualTo(500);
    assertThat(sale.refused()).isEqualTo(result.ok() - 500);
    isTrueToTheDatabase(sale, 500);
  }

  @Test
  void a_sale_goes_on_without_redis(Cluster cluster) throws Exception {
    FlashSale sale = FlashSale.of(cluster, 200, 600);

    LoadResult result = sale.orders().open(rate(100).perSecond().during(ofSeconds(6)))
        .fault(at(ofSeconds(1)), "stop Redis", () -> cluster.redis().stop())
        .fault(at(ofSeconds(4)), "start Redis", () -> cluster.redis().start())
        .run();

    assertThat(result).requests(600).lostNothing();
    assertThat(sale.sold()).isEqualTo(200);
    isTrueToTheDatabase(sale, 200);
  }

  @Test
  void a_restart_of_postgresql_loses_no_order_that_was_confirmed_and_sells_none_twice(Cluster cluster) throws Exception {
    FlashSale sale = FlashSale.of(cluster, 100, 900);

    LoadResult result = sale.orders().open(rate(80).perSecond().during(ofSeconds(10)))
        .fault(at(ofSeconds(1)), "restart PostgreSQL", () -> cluster.postgres().restart())
        .run();

    // Meanwhile orders are refused with 503, or their outcome is not known: whoever repeats one with its key learns it.
    System.out.println("over a restart of PostgreSQL: " + result.byOutcome());
    // On a slow machine, most buyers may have come too early.
    assertThat(sale.orders().closed(users(4), iterations(25)).run()).lostNothing();
    long orders = sale.count("select count(*) from orders where product_id = $id");
    assertThat(orders).as("in the end all are sold").isEqualTo(100);
    assertThat(orders).as("what was confirmed is there").isGreaterThanOrEqualTo(sale.sold());
    isTrueToTheDatabase(sale, 100);
  }

  @Test
  void two_instances_become_four_while_the_sale_is_on(Cluster cluster) throws Exception {
    cluster.removeInstance(3);
    FlashSale sale = FlashSale.of(cluster, 200, BUYERS);

    LoadResult whileTheyJoin = sale.orders().closed(users(8))
        .whileRunning(() -> {
          cluster.addInstance();
          cluster.addInstance();
        })
        .run();
    LoadResult afterwards = sale.orders().closed(users(12), iterations(20)).run();

    assertThat(whileTheyJoin).lostNothing();
    assertThat(afterwards).requests(240).allSucceeded().servedByExactly(4).evenlyDistributed();
    assertThat(sale.sold()).isEqualTo(200);
    assertThat(sale.refused()).isEqualTo(whileTheyJoin.ok() + 240 - 200);
    isTrueToTheDatabase(sale, 200);
  }

  @Test
  void no_instance_shows_an_old_price_for_longer_than_the_validity_bound(Cluster cluster) {
    Staleness prices = Staleness.probe(cluster)
        .write(version -> Tokens.merchant(Call.put("/products/1", "{\"name\":\"Changing\",\"priceCents\":" + version + "}")))
        .read(Call.get("/products/1"), FlashSaleIT::price)
        .writes(20).run();

    assertThat(prices).maxAtMost(Journey.VALIDITY_BOUND);
  }

  private static long price(Answer answer) {
    Matcher price = PRICE.matcher(answer.text());
    return price.find() ? Long.parseLong(price.group(1)) : -1;
  }

  @Test
  void an_order_is_its_buyers_alone_and_can_be_cancelled_on_another_instance(Cluster cluster) throws Exception {
    FlashSale sale = FlashSale.of(cluster, 3, 1);
    try (Client one = Client.open(cluster.instance(1).uri()); Client two = Client.open(cluster.instance(2).uri())) {
      String buyer = Tokens.open(one, "buyer");
      String other = Tokens.open(one, "other");
      Call order = as(buyer, Call.post("/orders", "{\"productId\":" + sale.product() + ",\"quantity\":2}"));
      Answer placed = one.send(order.header("Idempotency-Key", UUID.randomUUID().toString()));
      assertThat(placed.status()).as(placed.text()).isEqualTo(201);
      String address = placed.header("Location").orElseThrow();

      assertThat(two.send(as(buyer, Call.get(address))).text()).isEqualTo(placed.text());
      assertThat(two.send(as(buyer, Call.get("/orders"))).text()).contains(placed.text());
      assertThat(two.send(as(other, Call.get(address))).status()).isEqualTo(404);
      assertThat(two.send(as(other, Call.post(address + "/cancellation", ""))).status()).isEqualTo(404);
      assertThat(two.send(Call.get(address)).status()).isEqualTo(401);
      assertThat(two.send(Call.get("/stock/" + sale.product())).text()).contains("\"available\":1");

      Answer cancelled = two.send(as(buyer, Call.post(address + "/cancellation", "")));
      assertThat(cancelled.text()).contains("CANCELLED");
      assertThat(two.send(as(buyer, Call.post(address + "/cancellation", ""))).text()).isEqualTo(cancelled.text());
      assertThat(two.send(Call.get("/stock/" + sale.product())).text()).contains("\"available\":3");
    }
    assertThat(sale.count("select sum(quantity) from sale where product_id = $id")).as("nothing is gone").isZero();
  }

  @Test
  void a_token_that_was_given_back_is_refused_by_the_other_instances_within_the_validity_bound(Cluster cluster) {
    try (Client one = Client.open(cluster.instance(1).uri()); Client two = Client.open(cluster.instance(2).uri())) {
      String token = Tokens.open(one, "leaving");
      assertThat(two.send(as(token, Call.get("/orders"))).status()).isEqualTo(200);

      assertThat(one.send(as(token, Call.delete("/accounts/token"))).status()).isEqualTo(204);

      assertThat(one.send(as(token, Call.get("/orders"))).status()).isEqualTo(401);
      long end = System.nanoTime() + Journey.VALIDITY_BOUND.toNanos();
      while (two.send(as(token, Call.get("/orders"))).status() != 401) {
        assertThat(System.nanoTime() - end).as("still let in").isNegative();
      }
    }
  }

  @Test
  void from_one_address_only_so_many_accounts_are_opened_in_an_hour_over_all_instances(Cluster cluster) {
    long began = System.nanoTime();
    try (Client one = Client.open(cluster.instance(1).uri()); Client two = Client.open(cluster.instance(2).uri())) {
      int opened = 0;
      Answer answer = one.send(accountFrom("203.0.113.7"));
      while (answer.status() == 201 && opened < 1_000) {
        opened++;
        answer = (opened % 2 == 0 ? one : two).send(accountFrom("203.0.113.7"));
      }
      assertThat(answer.status()).as(answer.text()).isEqualTo(429);
      assertThat(answer.header("Retry-After")).isPresent();
      long freedMeanwhile = (System.nanoTime() - began) / ofSeconds(36).toNanos();
      assertThat(opened).isBetween(100, 101 + (int) freedMeanwhile);
      assertThat(two.send(accountFrom("203.0.113.8")).status()).as("somebody else").isEqualTo(201);
    }
  }

  private static Call accountFrom(String address) {
    return Call.post("/accounts", "{\"name\":\"one of many\"}").header("X-Forwarded-For", address);
  }

  private static Call as(String token, Call call) {
    return call.header("Authorization", Tokens.shown(token));
  }
}
