package dev.scalable.testkit.shop;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.ids;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Recorder;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What the shop promises, each promise by one test, as its author would write them. Not run by its name:
 * {@link PlantedBugsTest} runs each test against the honest shop and against the bug that breaks its promise, and
 * {@link ShopSoak} the whole suite many times.
 */
@ShopTest
class ShopSuite {
  @Test void requests_are_dealt_out_evenly(Cluster cluster) {
    // Workers of Nginx that know nothing of each other are each even for themselves: only now and then does it show.
    for (int i = 0; i < 120; i++) {
      assertThat(cluster.load().get("/products/{id}", ids(100)).closed(users(8), iterations(1)).run())
          .allSucceeded().evenlyDistributed();
    }
  }

  @Test void a_killed_instance_loses_no_keyed_order(Cluster cluster) throws Exception {
    long product = Data.newProduct(cluster, 1_000_000);
    var run = cluster.load().post("/orders", () -> order(product)).idempotencyKey()
        .closed(users(4).during(ofMillis(2_500)))
        .fault(at(ofMillis(500)), "kill app-1", () -> cluster.instance(1).kill())
        .fault(at(ofMillis(1_000)), "start app-1", () -> cluster.instance(1).start())
        .run();
    assertThat(run).lostNothing();
  }

  @Test void a_restarted_instance_loses_no_order(Cluster cluster) throws Exception {
    long product = Data.newProduct(cluster, 1_000_000);
    var run = cluster.load().post("/orders", () -> order(product)).closed(users(8))
        .whileRunning(() -> cluster.instance(1).restart(ofSeconds(20))).run();
    assertThat(run).lostNothing();
  }

  @Test void an_order_is_placed_once_however_often_it_is_sent(Cluster cluster) throws Exception {
    long product = Data.newProduct(cluster, 1_000_000);
    try (Client client = Client.open(cluster.uri())) {
      for (int i = 0; i < 10; i++) {
        Call call = Call.post("/orders", order(product)).header("Idempotency-Key", UUID.randomUUID().toString());
        assertThat(client.send(call).text()).as("the answer when the order is sent again")
            .isEqualTo(client.send(call).text());
      }
    }
    assertThat(Data.number(cluster, "select count(*) from orders where product = ?", product))
        .as("orders of ten keys").isEqualTo(10);
  }

  @Test void each_acknowledged_order_is_placed_exactly_once(Cluster cluster) throws Exception {
    long product = Data.newProduct(cluster, 1_000_000);
    var run = cluster.load().post("/orders", () -> order(product)).idempotencyKey()
        .closed(users(4), iterations(10)).run();
    assertThat(run).allSucceeded();
    assertThat(Data.number(cluster, "select count(*) from orders where product = ?", product))
        .as("orders placed").isEqualTo(40);
  }

  @Test void no_more_is_sold_than_there_is(Cluster cluster) throws Exception {
    long product = Data.newProduct(cluster, 20);
    assertThat(cluster.load().post("/orders", () -> order(product)).closed(users(8), iterations(8))
        .check(answer -> answer.status() == 201 || answer.status() == 409).run()).allSucceeded();
    assertThat(Data.number(cluster, "select sum(quantity) from orders where product = ?", product))
        .as("sold of 20").isEqualTo(20);
    assertThat(Data.number(cluster, "select stock from product where id = ?", product)).as("left of 20").isZero();
  }

  @Test void an_order_can_be_traced_to_its_request(Cluster cluster) throws Exception {
    long product = Data.newProduct(cluster, 1_000_000);
    var run = cluster.load().post("/orders", () -> order(product)).closed(users(2), iterations(10)).run();
    assertThat(Data.rows(cluster, "select request_id from orders where product = ?", product))
        .as("the request ids of orders")
        .containsExactlyInAnyOrderElementsOf(run.exchanges().stream().map(Exchange::requestId).toList());
  }

  @Test void refused_orders_leave_no_transaction_open(Cluster cluster) throws Exception {
    assertThat(cluster.load().post("/orders", () -> order(-1)).closed(users(2), iterations(5))
        .check(answer -> answer.status() == 404).run()).allSucceeded();
    assertThat(Data.rows(cluster, "select query from pg_stat_activity where state like 'idle in transaction%'"))
        .as("transactions that nobody ends").isEmpty();
  }

  @Test void no_increment_is_lost(Cluster cluster) throws Exception {
    String counter = name("counter");
    assertThat(Visitor.visits(cluster, Recorder.start(), 6, visitor -> {
      for (int i = 1; i <= 20; i++) {
        visitor.changes(visitor.recorder().add(visitor.name(), counter, 1), Call.post("/counters/" + counter, ""));
      }
      visitor.sees(visitor.recorder().read(visitor.name(), counter), Call.get("/counters/" + counter),
          answer -> number(answer, "value"));
    })).counterWithinBounds();
  }

  @Test void a_register_is_linearizable(Cluster cluster) throws Exception {
    String register = name("register");
    Recorder recorder = Recorder.start().initially(register, 0);
    assertThat(Visitor.visits(cluster, recorder, 4, visitor -> {
      for (int i = 1; i <= 25; i++) {
        long value = visitor.number() * 1_000L + i;
        switch (visitor.random().nextInt(3)) {
          case 0 -> visitor.changes(visitor.recorder().write(visitor.name(), register, value),
              Call.put("/registers/" + register, "{\"value\":" + value + "}"));
          default -> visitor.sees(visitor.recorder().read(visitor.name(), register),
              Call.get("/registers/" + register), answer -> number(answer, "value"));
        }
      }
    })).isLinearizable(ofSeconds(10));
  }

  @Test void every_acknowledged_element_is_in_the_set(Cluster cluster) throws Exception {
    String set = name("set");
    assertThat(Visitor.visits(cluster, Recorder.start(), 6, visitor -> {
      for (long i = 1; i <= 15; i++) {
        long element = visitor.number() * 1_000L + i;
        visitor.changes(visitor.recorder().add(visitor.name(), set, element),
            Call.of("PUT", "/sets/" + set + "/" + element));
      }
      visitor.sees(visitor.recorder().read(visitor.name(), set), Call.get("/sets/" + set), ShopSuite::numbers);
    })).setComplete();
  }

  @Test void no_ticket_is_given_twice(Cluster cluster) throws Exception {
    assertThat(Visitor.visits(cluster, Recorder.start(), 4, visitor -> {
      for (int i = 1; i <= 10; i++) {
        visitor.sees(visitor.recorder().add(visitor.name(), "tickets", null), Call.post("/tickets", ""),
            answer -> number(answer, "ticket"));
      }
    })).idsUnique();
  }

  @Test void no_instance_is_slower_than_the_others(Cluster cluster) {
    var run = cluster.load().get("/products/{id}", ids(100)).closed(users(4), iterations(10)).run();
    assertThat(run).allSucceeded();
    Map<String, Duration> slowest = run.exchanges().stream().collect(Collectors.toMap(
        exchange -> String.valueOf(exchange.instance()), Exchange::serviceTime, ShopSuite::shorter));
    assertThat(slowest).as("the shortest service time of each instance")
        .allSatisfy((instance, time) -> assertThat(time).isLessThan(ofMillis(250)));
  }

  @Test void a_cart_is_the_same_at_every_instance(Cluster cluster) {
    String cart = "/carts/" + name("session");
    cluster.instances().forEach(instance ->
        send(instance, Call.put(cart + "/" + instance.number(), "{\"quantity\":" + instance.number() + "}")));
    assertThat(cluster.instances()).allSatisfy(instance -> assertThat(send(instance, Call.get(cart)).text())
        .as("the cart, as " + instance.id() + " has it").isEqualTo("{\"1\":1,\"2\":2}"));
  }

  @Test void a_note_is_found_at_every_instance(Cluster cluster) {
    String note = "/notes/" + name("note");
    send(cluster.instance(1), Call.put(note, "{\"note\":7}"));
    assertThat(cluster.instances()).allSatisfy(instance -> assertThat(send(instance, Call.get(note)).text())
        .as("the note, as " + instance.id() + " has it").isEqualTo("{\"note\":7}"));
  }

  @Test void two_instances_let_a_client_in_as_often_as_one(Cluster cluster) {
    String client = "/calls/" + name("client");
    long letIn = IntStream.rangeClosed(1, 24)
        .mapToObj(call -> cluster.instance(call % 2 + 1))
        .filter(instance -> send(instance, Call.post(client, "")).status() == 200)
        .count();
    assertThat(letIn).as("calls let in of 24 to two instances, 10 of them allowed").isEqualTo(10);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Answer send(Instance instance, Call call) {
    try (Client client = Client.open(instance.uri())) {
      return client.send(call);
    }
  }

  private static String order(long product) {
    return "{\"product\":" + product + ",\"quantity\":1}";
  }

  private static String name(String kind) {
    return kind + "-" + UUID.randomUUID();
  }

  private static long number(Answer answer, String field) {
    Matcher found = Pattern.compile("\"" + field + "\":(\\d+)").matcher(answer.text());
    if (!found.find()) {
      throw new AssertionError("no " + field + " in " + answer);
    }
    return Long.parseLong(found.group(1));
  }

  private static List<Long> numbers(Answer answer) {
    return Pattern.compile("\\d+").matcher(answer.text()).results().map(found -> Long.valueOf(found.group())).toList();
  }
}
