package dev.scalable.testkit.load;

import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.ids;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.requests;
import static dev.scalable.testkit.load.Load.users;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A run sends exactly what was asked for, counts each request once, and leaves nothing behind. */
class LoadTest {
  @AfterEach
  void no_thread_of_a_run_is_left() {
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("load-"));
  }

  @Test
  void twenty_users_with_ten_requests_each_send_exactly_two_hundred_over_twenty_connections() throws Exception {
    try (TestServer server = TestServer.start(TestServer.roundRobin("a", "b"))) {
      LoadResult result = Load.against(server.uri()).get("/products/1").closed(users(20), iterations(10)).run();
      assertThat(result.scheduled()).isEqualTo(200);
      assertThat(result.ok()).isEqualTo(200);
      assertThat(server.requests()).isEqualTo(200);
      assertThat(server.connections()).isEqualTo(20);
      assertThat(result.byInstance()).containsOnly(entry("a", 100), entry("b", 100));
      assertThat(result.byOutcome()).containsOnly(entry("Ok", 200));
      assertThat(result.throughput()).isPositive();
      assertThat(result.exchanges()).extracting(Exchange::requestId).doesNotHaveDuplicates();
      assertThat(result.exchanges()).allSatisfy(exchange -> {
        assertThat(exchange.start()).isGreaterThanOrEqualTo(Duration.ZERO).isEqualTo(exchange.intended());
        assertThat(exchange.firstByte()).isBetween(exchange.start(), exchange.end());
      });
      assertThat(result.duration())
          .isEqualTo(result.exchanges().stream().map(Exchange::end).max(Duration::compareTo).orElse(Duration.ZERO));
    }
  }

  @Test
  void a_server_that_is_not_of_our_making_is_understood() throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    var executor = Executors.newCachedThreadPool();
    server.setExecutor(executor);
    server.createContext("/", exchange -> {
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(201, 0);
      try (OutputStream body = exchange.getResponseBody()) {
        body.write("x".repeat(10_000).getBytes(StandardCharsets.US_ASCII));
      }
    });
    server.start();
    try {
      LoadResult result = Load.against(URI.create("http://localhost:" + server.getAddress().getPort()))
          .mixed(RequestTemplate.get("/a"), RequestTemplate.put("/b", () -> "{}"), RequestTemplate.delete("/c"))
          .check(answer -> answer.status() == 201 && answer.body().length == 10_000)
          .closed(users(3), iterations(20))
          .run();
      assertThat(result.ok()).as("%s", result).isEqualTo(60);
    } finally {
      server.stop(0);
      executor.shutdownNow();
    }
  }

  @Test
  void more_than_sixty_four_users_are_virtual_threads_and_send_as_exactly() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      LoadResult result = Load.against(server.uri()).get("/").closed(users(100), iterations(7)).run();
      assertThat(result.ok()).isEqualTo(700);
      assertThat(server.requests()).isEqualTo(700);
    }
  }

  @Test
  void warm_up_is_sent_over_the_same_connections_and_is_in_no_number() throws Exception {
    try (TestServer server = TestServer.start(TestServer.roundRobin("a", "b"))) {
      LoadResult result = Load.against(server.uri())
          .post("/orders", () -> "{}")
          .warmUp(requests(101), RequestTemplate.get("/products/1"))
          .closed(users(4), iterations(5))
          .run();
      assertThat(result.scheduled()).isEqualTo(20);
      assertThat(result.exchanges()).allMatch(Exchange::reused).extracting(Exchange::method).containsOnly("POST");
      assertThat(server.requests()).isEqualTo(121);
      assertThat(server.connections()).isEqualTo(4);
    }
  }

  @Test
  void a_load_for_a_time_ends_with_it() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      LoadResult result = Load.against(server.uri()).get("/").closed(users(2).during(ofMillis(300))).run();
      assertThat(result.duration()).isBetween(ofMillis(200), ofSeconds(5));
      assertThat(result.ok()).isEqualTo(result.scheduled()).isEqualTo(server.requests()).isPositive();
    }
  }

  @Test
  void load_goes_on_until_the_action_has_ended() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      AtomicInteger atEnd = new AtomicInteger();
      LoadResult result = Load.against(server.uri())
          .get("/")
          .closed(users(3))
          .whileRunning(() -> {
            await().until(() -> server.requests() >= 500);
            atEnd.set(server.requests());
          })
          .run();
      assertThat(result.scheduled()).isGreaterThanOrEqualTo(atEnd.get()).isEqualTo(server.requests());
      assertThat(atEnd.get()).isGreaterThanOrEqualTo(500);
      assertThat(result.faults()).singleElement().satisfies(
          fault -> assertThat(fault.ended()).isLessThanOrEqualTo(result.duration().plusMillis(500)));
    }
  }

  @Test
  void an_action_shorter_than_the_model_does_not_cut_it_short() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      LoadResult result = Load.against(server.uri())
          .get("/").closed(users(2), iterations(50)).whileRunning(() -> {}).run();
      assertThat(result.scheduled()).isGreaterThanOrEqualTo(100);
    }
  }

  @Test
  void an_action_that_throws_fails_the_run_with_its_cause() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      Load load = Load.against(server.uri()).name("checkout").get("/").closed(users(2)).whileRunning(() -> {
        throw new IOException("instance 1 did not start");
      });
      assertThatThrownBy(load::run)
          .isInstanceOf(LoadFailedException.class)
          .hasMessageContaining("'checkout' (closed model, 2 users)")
          .hasMessageContaining("instance 1 did not start")
          .hasCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void a_fault_is_done_at_its_time_and_is_in_the_result() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      CountDownLatch done = new CountDownLatch(1);
      LoadResult result = Load.against(server.uri())
          .get("/")
          .closed(users(2))
          .whileRunning(done::await)
          .fault(at(ofMillis(300)), "close connections", () -> {
            server.closeConnections();
            done.countDown();
          })
          .fault(at(ofMillis(100)), "first", () -> {})
          .run();
      assertThat(result.faults()).extracting(Fault::name)
          .containsExactly("the action of whileRunning", "first", "close connections");
      assertThat(result.faults().get(1).started()).isGreaterThanOrEqualTo(ofMillis(100));
      assertThat(result.faults().get(2).started()).isGreaterThanOrEqualTo(ofMillis(300));
      assertThat(result.scheduled()).isEqualTo(
          result.ok() + result.failed() + result.dropped() + result.indeterminate());
    }
  }

  @Test
  void a_fault_that_never_came_due_fails_the_run() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      Load load = Load.against(server.uri()).get("/").closed(users(1), iterations(1))
          .fault(at(ofSeconds(60)), "kill app-1", () -> {});
      assertThatThrownBy(load::run)
          .isInstanceOf(LoadFailedException.class)
          .hasMessageContaining("it had ended before the fault 'kill app-1', due at PT1M");
    }
  }

  @Test
  void a_run_that_takes_too_long_is_given_up_and_its_action_interrupted() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger interruptions = new AtomicInteger();
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      Load load = Load.against(server.uri()).get("/").closed(users(1)).giveUpAfter(ofSeconds(1)).whileRunning(() -> {
        try {
          never.await();
        } catch (InterruptedException interrupted) {
          interruptions.incrementAndGet();
          throw interrupted;
        }
      });
      assertThatThrownBy(load::run).hasMessageContaining("given up while sending").hasMessageContaining("PT1S");
      assertThat(interruptions).hasValue(1);
    }
  }

  @Test
  void an_interrupted_caller_gets_its_thread_back() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      Load load = Load.against(server.uri()).get("/").closed(users(2)).whileRunning(never::await);
      Thread.currentThread().interrupt();
      assertThatThrownBy(load::run).isInstanceOf(LoadFailedException.class).hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void a_mix_has_its_shares_exactly_and_every_request_its_own_values() throws Exception {
    Set<String> paths = ConcurrentHashMap.newKeySet();
    Set<String> keys = ConcurrentHashMap.newKeySet();
    try (TestServer server = TestServer.start((request, socket) -> {
      paths.add(request.head().lines().findFirst().orElse(""));
      keys.add(request.header("Idempotency-Key"));
      return TestServer.always(TestServer.ok("")).answer(request, socket);
    })) {
      LoadResult result = Load.against(server.uri())
          .mixed(
              RequestTemplate.get("/products/{id}?x=1", ids(50)).weight(80),
              RequestTemplate.post("/orders", () -> "{}").idempotencyKey().weight(20))
          .header("X-Test", "1")
          .closed(users(5), iterations(20))
          .run();
      assertThat(result.exchanges().stream().filter(Exchange::write).count()).isEqualTo(20);
      Set<String> expected = new HashSet<>(Set.of("POST /orders HTTP/1.1"));
      for (int id = 1; id <= 50; id++) {
        expected.add("GET /products/" + id + "?x=1 HTTP/1.1");
      }
      assertThat(paths).isEqualTo(expected);
      assertThat(keys).hasSize(21).contains("");
      keys.remove("");
      assertThat(keys).map(UUID::fromString).allMatch(key -> key.version() == 4 && key.variant() == 2);
    }
  }

  @Test
  void an_expected_instance_that_never_answered_is_counted_with_zero() throws Exception {
    try (TestServer server = TestServer.start(TestServer.roundRobin("a"))) {
      LoadResult result = Load.against(server.uri())
          .get("/").instances(() -> List.of("a", "b")).closed(users(1), iterations(3)).run();
      assertThat(result.byInstance()).containsOnly(entry("a", 3), entry("b", 0));
    }
  }

  @Test
  void an_answer_is_attributed_by_the_header_that_was_named() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("X-Served-By: left\r\n")))) {
      LoadResult result =
          Load.against(server.uri()).instanceHeader("x-served-by").get("/").closed(users(1), iterations(2)).run();
      assertThat(result.byInstance()).containsOnly(entry("left", 2));
    }
  }

  @Test
  void what_the_run_proves_is_the_rule_of_three() throws Exception {
    TestServer.Script breaks = (request, socket) -> TestServer
        .always(request.overall() <= 500 ? TestServer.ok("") : TestServer.status(500, ""))
        .answer(request, socket);
    try (TestServer server = TestServer.start(breaks)) {
      Load load = Load.against(server.uri()).get("/").closed(users(10), iterations(50));
      assertThat(load.run().confidence()).isEqualTo("0/500 failed => failure rate < 0.60 % (95 %)");
      LoadResult second = load.run();
      assertThat(second.confidence()).isEqualTo("500/500 failed");
      assertThat(second.exchanges()).allMatch(exchange -> exchange.fate() == Fate.FAILED);
    }
  }

  @Test
  void an_incomplete_description_lists_all_that_is_wrong() {
    Load empty = Load.against(URI.create("http://localhost:1"));
    assertThatThrownBy(empty::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("nothing to send")
        .hasMessageContaining("nobody sends");
    Load endless = empty.get("/").post("/", () -> "").closed(users(1));
    assertThatThrownBy(endless::run).hasMessageContaining("given twice").hasMessageContaining("no end");
  }

  @Test
  void every_kind_of_request_can_be_sent() throws Exception {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    try (TestServer server = TestServer.start((request, socket) -> {
      seen.add(request.head().lines().findFirst().orElseThrow().replace(" HTTP/1.1", "") + " " + request.body());
      String bodiless = request.head().startsWith("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" : "";
      return TestServer.always(bodiless.isEmpty() ? TestServer.ok("") : bodiless).answer(request, socket);
    })) {
      List<Function<Load, Load>> kinds = List.of(
          load -> load.get("/a"), load -> load.get("/a/{id}", () -> 1),
          load -> load.post("/a", () -> "{}"), load -> load.post("/a/{id}", () -> 1, () -> "{}"),
          load -> load.put("/a", () -> "{}"), load -> load.put("/a/{id}", () -> 1, () -> "{}"),
          load -> load.patch("/a", () -> "{}"), load -> load.patch("/a/{id}", () -> 1, () -> "{}"),
          load -> load.delete("/a"), load -> load.delete("/a/{id}", () -> 1),
          load -> load.mixed(RequestTemplate.head("/a")), load -> load.mixed(RequestTemplate.options("/a")));
      for (Function<Load, Load> kind : kinds) {
        LoadResult result = kind.apply(Load.against(server.uri())).closed(users(1), iterations(2)).run();
        assertThat(result.ok()).as("%s", result).isEqualTo(2);
      }
      assertThat(seen).containsExactlyInAnyOrder(
          "GET /a ", "GET /a/1 ", "POST /a {}", "POST /a/1 {}", "PUT /a {}", "PUT /a/1 {}", "PATCH /a {}",
          "PATCH /a/1 {}", "DELETE /a ", "DELETE /a/1 ", "HEAD /a ", "OPTIONS /a ");
    }
  }

  private static Map.Entry<String, Integer> entry(String key, int value) {
    return Map.entry(key, value);
  }
}
