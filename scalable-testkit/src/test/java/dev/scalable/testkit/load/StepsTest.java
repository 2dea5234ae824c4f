package dev.scalable.testkit.load;

import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.rate;
import static dev.scalable.testkit.load.Load.requests;
import static dev.scalable.testkit.load.Load.users;
import static java.time.Duration.ofMillis;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Outcome;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Several requests in a row, in which the later ones know what the earlier ones were told. */
class StepsTest {
  private final AtomicInteger nextId = new AtomicInteger();
  private final Set<String> orders = ConcurrentHashMap.newKeySet();

  @Test
  void a_value_of_one_answer_is_in_the_next_request() throws Exception {
    try (TestServer server = TestServer.start(shop("a"))) {
      LoadResult result = createAndRead(server).closed(users(3), iterations(4)).run();
      assertThat(result.ok()).as("%s", result).isEqualTo(24);
      assertThat(orders).hasSize(12);
      assertThat(byStep(result)).isEqualTo(Map.of("create", 12L, "read", 12L));
      assertThat(paths(result, "read")).isEqualTo(orders.stream().map("/orders/"::concat).collect(toSet()));
      assertThat(result.exchanges()).extracting(Exchange::requestId).doesNotHaveDuplicates();
    }
  }

  @Test
  void the_steps_of_an_arrival_follow_each_other_in_an_open_model() throws Exception {
    try (TestServer server = TestServer.start(shop("a"))) {
      LoadResult result = createAndRead(server).open(rate(200).perSecond().during(ofMillis(250))).run();
      assertThat(result.ok()).as("%s", result).isEqualTo(100);
      assertThat(byStep(result)).isEqualTo(Map.of("create", 50L, "read", 50L));
      assertThat(result.lateness().count()).as("a second step has no schedule").isEqualTo(50);
      assertThat(result.exchanges()).filteredOn(exchange -> exchange.sequence() == 1)
          .allSatisfy(exchange -> assertThat(exchange.responseTime()).isEqualTo(exchange.serviceTime()));
    }
  }

  @Test
  void a_journey_ends_with_the_first_step_that_fails() throws Exception {
    TestServer.Script refusing = (request, socket) -> request.head().startsWith("POST")
        ? TestServer.always(TestServer.status(500, "")).answer(request, socket)
        : shop("a").answer(request, socket);
    try (TestServer server = TestServer.start(refusing)) {
      LoadResult result = createAndRead(server).closed(users(2), iterations(5)).run();
      assertThat(result.scheduled()).isEqualTo(result.failed()).isEqualTo(10);
      assertThat(byStep(result)).isEqualTo(Map.of("create", 10L));
    }
  }

  @Test
  void an_answer_without_the_value_that_is_needed_has_failed() throws Exception {
    try (TestServer server = TestServer.start(shop("a"))) {
      Load load = Load.against(server.uri())
          .step("create", RequestTemplate.post("/orders", () -> "{}"))
          .save("id", answer -> answer.header("No").orElse(null))
          .closed(users(1), iterations(1));
      assertThat(load.run().exchanges()).singleElement().extracting(Exchange::outcome)
          .isInstanceOfSatisfying(Outcome.CheckFailed.class, outcome ->
              assertThat(outcome.reason()).startsWith("nothing to save as 'id' in 201"));
      Load throwing = Load.against(server.uri())
          .step("create", RequestTemplate.post("/orders", () -> "{}"))
          .save("id", answer -> answer.header("No").orElseThrow())
          .closed(users(1), iterations(1));
      assertThat(throwing.run().exchanges()).singleElement().extracting(Exchange::outcome)
          .isInstanceOfSatisfying(Outcome.CheckFailed.class, outcome ->
              assertThat(outcome.reason()).contains("NoSuchElementException"));
    }
  }

  @Test
  void a_value_that_nobody_saved_is_named_with_those_that_were() throws Exception {
    try (TestServer server = TestServer.start(shop("a"))) {
      LoadResult result = createAndRead(server)
          .step("pay", journey -> Call.post("/orders/" + journey.value("order") + "/payment", "{}"))
          .closed(users(1), iterations(1))
          .run();
      assertThat(result.exchanges().getLast().outcome())
          .isInstanceOfSatisfying(Outcome.Dropped.class, outcome ->
              assertThat(outcome.reason()).contains("no step before saved a value as 'order', there are [id]"));
    }
  }

  @Test
  void headers_and_keys_of_the_load_are_on_every_step() throws Exception {
    Set<String> keys = ConcurrentHashMap.newKeySet();
    TestServer.Script noting = (request, socket) -> {
      keys.add(request.header("Idempotency-Key") + " " + request.header("X-Test"));
      return shop("a").answer(request, socket);
    };
    try (TestServer server = TestServer.start(noting)) {
      LoadResult result =
          createAndRead(server).header("X-Test", "yes").idempotencyKey().closed(users(1), iterations(5)).run();
      assertThat(keys).hasSize(10).allMatch(key -> key.matches("[0-9a-f-]{36} yes"));
      Set<String> told = new HashSet<>();
      result.exchanges().forEach(exchange -> told.add(exchange.idempotencyKey() + " yes"));
      assertThat(told).isEqualTo(keys);
    }
  }

  @Test
  void rotation_sends_each_step_to_another_instance() throws Exception {
    try (TestServer a = TestServer.start(shop("a")); TestServer b = TestServer.start(shop("b"))) {
      LoadResult result = createAndRead(a)
          .pinnedTo(() -> Map.of("a", a.uri(), "b", b.uri()))
          .pinning(Pinning.ROTATE)
          .closed(users(3), iterations(4))
          .run();
      assertThat(result.ok()).as("%s", result).isEqualTo(24);
      assertThat(result.byInstance()).isEqualTo(Map.of("a", 12, "b", 12));
      Map<Integer, List<Exchange>> byUser = result.exchanges().stream().collect(groupingBy(Exchange::user));
      byUser.values().forEach(ofUser -> {
        for (int i = 0; i < ofUser.size(); i += 2) {
          assertThat(ofUser.get(i).instance()).isNotEqualTo(ofUser.get(i + 1).instance());
        }
      });
      assertThat(result.exchanges()).filteredOn(exchange -> exchange.step().equals("read"))
          .extracting(Exchange::instance).contains("a", "b");
    }
  }

  @Test
  void a_load_can_be_sent_to_one_instance_alone() throws Exception {
    try (TestServer a = TestServer.start(shop("a")); TestServer b = TestServer.start(shop("b"))) {
      LoadResult result = Load.against(a.uri())
          .get("/orders/1")
          .check(answer -> answer.status() == 404)
          .pinnedTo(() -> Map.of("a", a.uri(), "b", b.uri()))
          .pinning(Pinning.to("b"))
          .warmUp(requests(10))
          .closed(users(2), iterations(5))
          .run();
      assertThat(result.byInstance()).isEqualTo(Map.of("b", 10));
      assertThat(a.requests()).isZero();
    }
  }

  @Test
  void all_mistakes_of_a_description_are_told_at_once() throws Exception {
    try (TestServer server = TestServer.start(shop("a"))) {
      Load load = Load.against(server.uri())
          .save("id", answer -> answer)
          .get("/")
          .step("read", journey -> Call.get("/"))
          .pinnedTo(() -> Map.of("a", server.uri()))
          .pinning(Pinning.to("b"));
      assertThatThrownBy(load::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("save(\"id\") has no step before it")
          .hasMessageContaining("both steps and single requests were given, read and [GET /]")
          .hasMessageContaining("nobody sends")
          .hasMessageContaining("Pinning.to(\"b\") needs the address of that instance")
          .hasMessageContaining("{a=http://127.0.0.1");
      assertThatThrownBy(load.pinning(Pinning.ROTATE)::run).hasMessageContaining("the addresses of two instances");
    }
  }

  private static Load createAndRead(TestServer server) {
    return Load.against(server.uri())
        .step("create", RequestTemplate.post("/orders", () -> "{}")).save("id", Answer::text)
        .step("read", journey -> Call.get("/orders/" + journey.value("id")));
  }

  /** Takes orders and knows those that any of its kind took. */
  private TestServer.Script shop(String instance) {
    return (request, socket) -> {
      String path = request.head().split(" ", 3)[1];
      String id = path.substring(path.lastIndexOf('/') + 1);
      if (request.head().startsWith("POST")) {
        id = String.valueOf(nextId.incrementAndGet());
        orders.add(id);
      }
      String status = request.head().startsWith("POST") ? "201 Created" : orders.contains(id) ? "200 OK" : "404 Gone";
      return TestServer.always("HTTP/1.1 " + status + "\r\nX-Instance-Id: " + instance + "\r\nContent-Length: "
              + id.length() + "\r\n\r\n" + id)
          .answer(request, socket);
    };
  }

  private static Set<String> paths(LoadResult result, String step) {
    return result.exchanges().stream()
        .filter(exchange -> exchange.step().equals(step))
        .map(Exchange::path)
        .collect(toSet());
  }

  private static Map<String, Long> byStep(LoadResult result) {
    return result.exchanges().stream().collect(groupingBy(Exchange::step, counting()));
  }
}
