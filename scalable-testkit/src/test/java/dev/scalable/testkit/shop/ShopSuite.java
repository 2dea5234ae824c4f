package dev.scalable.testkit.shop;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.ids;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.rate;
import static dev.scalable.testkit.load.Load.requests;
import static dev.scalable.testkit.load.Load.users;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.check.Staleness;
import dev.scalable.testkit.check.Steps;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Recorder;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What the shop promises, each promise by one test, as its author would write them. Not run by its name:
 * {@link PlantedBugsTest} runs each test against the honest shop and against the bug that breaks its promise, and
 * {@link ShopSoak} the whole suite many times.
 */
@ShopTest
class ShopSuite {
  private static final AtomicLong NEXT_PRODUCT = new AtomicLong(1_000);

  @Test void requests_are_dealt_out_evenly(Cluster cluster) {
    cluster.load().get("/products/1").closed(users(1), iterations(20)).run(); // after a failure turns have to settle
    // Workers of Nginx that know nothing of each other are each even for themselves: only now and then does it show.
    for (int i = 0; i < 60; i++) {
      assertThat(cluster.load().get("/products/{id}", ids(100)).closed(users(8), iterations(1)).run())
          .allSucceeded().evenlyDistributed();
    }
  }

  @Test void no_instance_is_slower_than_the_others(Cluster cluster) {
    var run = cluster.load().get("/products/{id}", ids(100)).closed(users(4), iterations(10)).run();
    assertThat(run).allSucceeded();
    Map<String, Duration> shortest = run.exchanges().stream().collect(Collectors.toMap(
        exchange -> String.valueOf(exchange.instance()), Exchange::serviceTime, ShopSuite::shorter));
    assertThat(shortest).as("the shortest service time of each instance")
        .allSatisfy((instance, time) -> assertThat(time).isLessThan(ofMillis(250)));
  }

  @Test void products_are_read_quickly(Cluster cluster) {
    var run = cluster.load().get("/products/{id}", ids(100)).warmUp(requests(300))
        .open(rate(100).perSecond().during(ofSeconds(3))).run();
    assertThat(run).allSucceeded().p95().isAtMost(ofMillis(200));
  }

  @Test void a_killed_instance_loses_no_keyed_order(Cluster cluster) {
    long product = product(cluster, 1_000_000);
    var run = cluster.load().post("/orders", () -> order(product)).idempotencyKey()
        .closed(users(4).during(ofMillis(2_500)))
        .fault(at(ofMillis(500)), "kill app-1", () -> cluster.instance(1).kill())
        .fault(at(ofMillis(1_000)), "start app-1", () -> cluster.instance(1).start())
        .run();
    assertThat(run).lostNothing().noDuplicateEffects(cluster.postgres().dataSource(), "orders", "key");
  }

  @Test void a_restarted_instance_loses_no_order(Cluster cluster) {
    long product = product(cluster, 1_000_000);
    var run = cluster.load().post("/orders", () -> order(product)).closed(users(8).during(ofSeconds(1)))
        .fault(at(ofMillis(300)), "restart app-1", () -> cluster.instance(1).restart(ofSeconds(20))).run();
    assertThat(run).lostNothing().noDuplicateEffects(cluster.postgres().dataSource(), "orders", "request_id");
  }

  @Test void an_order_is_placed_once_however_often_it_is_sent(Cluster cluster) {
    long product = product(cluster, 1_000_000);
    try (Client client = Client.open(cluster.uri())) {
      for (int i = 0; i < 10; i++) {
        Call call = Call.post("/orders", order(product)).header("Idempotency-Key", UUID.randomUUID().toString());
        client.send(call);
        client.send(call);
      }
    }
    assertThat(cluster.postgres())
        .none("select key, count(*) from orders where product = " + product + " group by key having count(*) <> 1")
        .invariant("select count(*) from orders where product = " + product, 10);
  }

  @Test void an_order_is_placed_once_and_can_be_traced_to_its_request(Cluster cluster) {
    long product = product(cluster, 1_000_000);
    var run = cluster.load().post("/orders", () -> order(product)).closed(users(4), iterations(10)).run();
    assertThat(run).allSucceeded().noDuplicateEffects(cluster.postgres().dataSource(), "orders", "request_id");
  }

  @Test void no_more_is_sold_than_there_is(Cluster cluster) {
    long product = product(cluster, 20);
    assertThat(cluster.load().post("/orders", () -> order(product)).closed(users(8), iterations(8))
        .check(answer -> answer.status() == 201 || answer.status() == 409).run()).allSucceeded();
    assertThat(cluster.postgres())
        .noOversell("select id, 20 as first, stock, (select sum(quantity) from orders o where o.product = p.id) as sold"
            + " from product p where id = " + product)
        .invariant("select stock from product where id = " + product, 0);
  }

  @Test void refused_orders_leave_no_transaction_open(Cluster cluster) {
    assertThat(cluster.load().post("/orders", () -> order(-1)).closed(users(2), iterations(5))
        .check(answer -> answer.status() == 404).run()).allSucceeded();
    assertThat(cluster.postgres())
        .none("select pid, state, query from pg_stat_activity where state like 'idle in transaction%'");
  }

  @Test void no_increment_is_lost(Cluster cluster) throws Exception {
    String counter = name("counter");
    assertThat(Visitors.visit(cluster, 6, (client, visitor) -> {
      for (int i = 1; i <= 20; i++) {
        client.add(counter, 1, Call.post("/counters/" + counter, ""));
      }
      client.read(counter, Call.get("/counters/" + counter), answer -> number(answer, "value"));
    })).counterWithinBounds();
  }

  @Test void a_register_is_linearizable(Cluster cluster) throws Exception {
    String register = name("register");
    Recorder recorder = Recorder.start().initially(register, 0);
    assertThat(Visitors.visit(cluster, recorder, 4, (client, visitor) -> {
      Random random = new Random(visitor);
      for (int i = 1; i <= 25; i++) {
        long value = visitor * 1_000L + i;
        if (random.nextInt(3) == 0) {
          client.write(register, value, Call.put("/registers/" + register, "{\"value\":" + value + "}"));
        } else {
          client.read(register, Call.get("/registers/" + register), answer -> number(answer, "value"));
        }
      }
    })).isLinearizable(ofSeconds(10));
  }

  @Test void no_change_on_a_condition_is_lost(Cluster cluster) throws Exception {
    String register = name("register");
    Recorder recorder = Recorder.start().initially(register, 0);
    assertThat(Visitors.visit(cluster, recorder, 4, (client, visitor) -> {
      for (int i = 1; i <= 15; i++) {
        long value = visitor * 1_000L + i;
        Object from = client.read(register, Call.get("/registers/" + register), answer -> number(answer, "value"))
            .value();
        client.compareAndSet(register, from, value,
            Call.post("/registers/" + register, "{\"from\":" + from + ",\"to\":" + value + "}"));
      }
    })).hasNoLostUpdates();
  }

  @Test void every_acknowledged_element_is_in_the_set(Cluster cluster) throws Exception {
    String set = name("set");
    assertThat(Visitors.visit(cluster, 6, (client, visitor) -> {
      for (long i = 1; i <= 15; i++) {
        long element = visitor * 1_000L + i;
        client.add(set, element, Call.of("PUT", "/sets/" + set + "/" + element));
      }
      client.read(set, Call.get("/sets/" + set), ShopSuite::numbers);
    })).setComplete();
  }

  @Test void no_ticket_is_given_twice(Cluster cluster) throws Exception {
    assertThat(Visitors.visit(cluster, 4, (client, visitor) -> {
      for (int i = 1; i <= 10; i++) {
        client.add("tickets", Call.post("/tickets", ""), answer -> number(answer, "ticket"));
      }
    })).idsUnique();
  }

  @Test void a_change_of_a_product_is_seen_everywhere_in_time(Cluster cluster) {
    assertThat(staleness(cluster, product(cluster, 0), 3)).maxAtMost(Products.BOUND);
  }

  @Test void a_new_product_is_seen_everywhere_in_time(Cluster cluster) {
    assertThat(staleness(cluster, NEXT_PRODUCT.incrementAndGet(), 1)).maxAtMost(Products.BOUND);
  }

  @Test void a_cart_is_the_same_at_every_instance(Cluster cluster) {
    assertThat(cluster).survivesRotation(Steps.of("a cart")
        .step("open", known -> Call.post("/carts", "")).save("cart", answer -> text(answer, "cart"))
        .step("put in", known -> Call.put("/carts/" + known.value("cart") + "/7", "{\"quantity\":3}"))
        .step("look", known -> Call.get("/carts/" + known.value("cart")))
        .check(answer -> answer.text().equals("{\"7\":3}")));
  }

  @Test void a_note_is_found_at_every_instance(Cluster cluster) {
    assertThat(cluster).survivesRotation(Steps.of("a note")
        .step("leave", known -> Call.post("/notes", "{\"note\":7}")).save("id", answer -> text(answer, "id"))
        .step("find", known -> Call.get("/notes/" + known.value("id"))));
  }

  @Test void two_instances_let_a_client_in_as_often_as_one(Cluster cluster) {
    AtomicLong client = new AtomicLong(System.nanoTime());
    Steps calls = Steps.of("ten calls and one too many").before(client::incrementAndGet);
    for (int i = 1; i <= 11; i++) {
      int status = i <= 10 ? 200 : 429;
      calls.step("call " + i, known -> Call.post("/calls/" + client.get(), ""))
          .check(answer -> answer.status() == status);
    }
    assertThat(cluster).answersAsOneInstance(calls);
  }

  private static Staleness staleness(Cluster cluster, long product, int writes) {
    return Staleness.probe(cluster)
        .write(version -> Call.put("/products/" + product, "{\"price\":" + version + "}"))
        .read(Call.get("/products/" + product), answer -> number(answer, "price"))
        .writes(writes)
        .giveUpAfter(Products.BOUND.plusMillis(500))
        .run();
  }

  /** A new product, of which there is so much. */
  private static long product(Cluster cluster, long stock) {
    long id = NEXT_PRODUCT.incrementAndGet();
    try (Client client = Client.open(cluster.uri())) {
      assertThat(client.send(Call.put("/products/" + id, "{\"price\":0}")).status()).isEqualTo(200);
      assertThat(client.send(Call.put("/stock/" + id, "{\"stock\":" + stock + "}")).status()).isEqualTo(204);
    }
    return id;
  }

  private static String order(long product) {
    return "{\"product\":" + product + ",\"quantity\":1}";
  }

  private static String name(String kind) {
    return kind + "-" + UUID.randomUUID();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static long number(Answer answer, String field) {
    return Long.parseLong(found(answer, "\"" + field + "\":(\\d+)"));
  }

  private static String text(Answer answer, String field) {
    return found(answer, "\"" + field + "\":\"([^\"]*)\"");
  }

  private static List<Long> numbers(Answer answer) {
    return Pattern.compile("\\d+").matcher(answer.text()).results().map(found -> Long.valueOf(found.group())).toList();
  }

  private static String found(Answer answer, String regex) {
    Matcher found = Pattern.compile(regex).matcher(answer.text());
    if (!found.find()) {
      throw new AssertionError(regex + " is not in " + answer);
    }
    return found.group(1);
  }
}
