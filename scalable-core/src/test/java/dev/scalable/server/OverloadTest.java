package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static dev.scalable.server.Wire.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.http.Filter;
import dev.scalable.http.Filters;
import dev.scalable.http.Lookup;
import dev.scalable.http.Principal;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens to requests when there are more of them than the server can take. */
@Timeout(60)
class OverloadTest {

  private static final String LONG = "8s";

  /** Blocks, so it is not asked for an answer that is given on the IO thread, and then nobody knows who asks. */
  private static final Filter KNOWING = (request, next) -> next.proceed(request.as(Principal.named("ali")));
  private static final Filter ASKING = Filter.nonBlocking((request, next) ->
      next.proceed(request).header("X-Of", request.principal().name()));

  private final CountDownLatch release = new CountDownLatch(1);
  private final Semaphore entered = new Semaphore(0);

  private final Route slow = Route.get("/slow", r -> {
    entered.release();
    release.await();
    return Response.text("slow");
  });
  private final Route upload = Route.post("/upload", String.class, (r, body) -> Response.text("taken"));

  private static ServerSettings settings(ServerSettings.Threads threads, int maxInFlight, String queueTime) {
    return TestServer.settings(threads, "SCALABLE_HTTP_MAX_IN_FLIGHT", String.valueOf(maxInFlight),
        "SCALABLE_HTTP_QUEUE_TIME", queueTime, "SCALABLE_DRAIN_TIMEOUT", "100ms");
  }

  /** Sends requests until so many handlers run. */
  private void occupy(TestServer server, int handlers, List<Wire> wires) throws Exception {
    for (int i = 0; i < handlers; i++) {
      Wire wire = server.connect();
      wires.add(wire);
      wire.send(get("/slow"));
    }
    entered.acquire(handlers);
  }

  private static void close(List<Wire> wires) throws Exception {
    for (Wire wire : wires) {
      wire.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_request_beyond_the_limit_waits_a_moment_and_is_then_told_when_to_come_back(ServerSettings.Threads threads)
      throws Exception {
    List<Wire> busy = new ArrayList<>();
    try (TestServer server = TestServer.start(settings(threads, 2, "50ms"), Set.of(slow));
        Wire late = server.connect()) {
      occupy(server, 2, busy);

      Wire.Answer refused = late.ask(get("/slow"));

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("Retry-After")).hasValueSatisfying(value -> assertThat(value).matches("[1-3]"));
      assertThat(refused.closes()).as("its connection can be used again").isFalse();
      release.countDown();
      for (Wire wire : busy) {
        assertThat(wire.answer().body()).isEqualTo("slow");
      }
      assertThat(late.ask(get("/slow")).body()).as("the same connection, later").isEqualTo("slow");
    } finally {
      close(busy);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_body_that_an_inline_route_makes_while_it_is_sent_takes_a_place_as_well(ServerSettings.Threads threads)
      throws Exception {
    Route inline = Route.get("/stream", r -> Response.stream("text/plain", out -> {
      entered.release();
      release.await();
      out.write('a');
    })).inline();
    try (TestServer server = TestServer.start(settings(threads, 1, "50ms"), Set.of(slow, inline));
        Wire stream = server.connect(); Wire late = server.connect(); Wire later = server.connect()) {
      stream.send(get("/stream"));
      entered.acquire();
      assertThat(late.ask(get("/slow")).status()).as("a handler beside it").isEqualTo(503);
      Wire.Answer refused = later.ask(get("/stream"));
      assertThat(refused.status()).as("another one").isEqualTo(503);
      assertThat(refused.header("Retry-After")).isPresent();
      release.countDown();
      assertThat(stream.answer().body()).isEqualTo("a");
      assertThat(later.ask(get("/stream")).body()).isEqualTo("a");
    }
  }

  @ParameterizedTest
  @EnumSource
  void one_that_waits_is_answered_as_soon_as_another_ends(ServerSettings.Threads threads) throws Exception {
    List<Wire> busy = new ArrayList<>();
    try (TestServer server = TestServer.start(settings(threads, 2, LONG), Set.of(slow)); Wire late = server.connect();
        Wire later = server.connect()) {
      occupy(server, 2, busy);
      late.send(get("/slow"));
      later.send(get("/slow"));

      release.countDown();

      assertThat(late.answer().body()).isEqualTo("slow");
      assertThat(later.answer().body()).isEqualTo("slow");
    } finally {
      close(busy);
    }
  }

  @ParameterizedTest
  @EnumSource
  void when_as_many_wait_as_run_a_request_is_refused_before_its_body_is_read(ServerSettings.Threads threads)
      throws Exception {
    List<Wire> busy = new ArrayList<>();
    try (TestServer server = TestServer.start(settings(threads, 1, LONG), Set.of(slow, upload), Filters.of(KNOWING, ASKING));
        Wire late = server.connect()) {
      occupy(server, 1, busy);
      Wire waits = server.connect();
      busy.add(waits);
      waits.send(get("/slow"));
      awaitFull(server);

      // The body never comes, and the answer does.
      Wire.Answer refused = late.ask(head("POST /upload", "Content-Type: application/json", "Content-Length: 100"));

      assertThat(refused.status()).isEqualTo(503);
      release.countDown();
      assertThat(busy.get(0).answer().status()).isEqualTo(200);
    } finally {
      close(busy);
    }
  }

  @ParameterizedTest
  @EnumSource
  void one_that_is_refused_is_not_told_that_it_does_not_say_who_it_is(ServerSettings.Threads threads) throws Exception {
    List<Wire> busy = new ArrayList<>();
    try (TestServer server = TestServer.start(settings(threads, 1, "50ms"), Set.of(slow), Filters.of(KNOWING, ASKING));
        Wire late = server.connect()) {
      occupy(server, 1, busy);

      Wire.Answer refused = late.ask(get("/slow"));

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("Retry-After")).isPresent();
      release.countDown();
      assertThat(busy.get(0).answer().header("X-Of")).contains("ali");
    } finally {
      close(busy);
    }
  }

  /**
   * The second request is on its way to the queue: one more than fits into it is refused at once, and not after the
   * long wait.
   */
  private static void awaitFull(TestServer server) throws Exception {
    while (true) {
      try (Wire probe = server.connect()) {
        probe.send(get("/slow"));
        if (probe.answersWithin(Duration.ofMillis(200))) {
          assertThat(probe.answer().status()).isEqualTo(503);
          return;
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void health_and_values_at_hand_are_answered_however_many_handlers_run(ServerSettings.Threads threads)
      throws Exception {
    Lookup<String, String> warm = new Lookup<>() {
      @Override
      public Found<String> peek(String key) {
        return () -> "warm " + key;
      }

      @Override
      public String get(String key) {
        return "cold " + key;
      }
    };
    List<Wire> busy = new ArrayList<>();
    try (TestServer server = TestServer.start(settings(threads, 1, LONG), Set.of(slow,
        Route.get("/w/{key}", warm, r -> r.path("key"), Response::text), Route.get("/i", r -> Response.text("i")).inline()));
        Wire wire = server.connect()) {
      occupy(server, 1, busy);
      Wire waits = server.connect();
      busy.add(waits);
      waits.send(get("/slow"));
      awaitFull(server);

      assertThat(wire.ask(get("/health/live")).status()).isEqualTo(200);
      assertThat(wire.ask(get("/health/ready")).status()).isEqualTo(200);
      assertThat(wire.ask(get("/w/x")).body()).isEqualTo("warm x");
      assertThat(wire.ask(get("/i")).body()).isEqualTo("i");
      release.countDown();
      assertThat(busy.get(0).answer().status()).isEqualTo(200);
    } finally {
      close(busy);
    }
  }

  @Test
  void bodies_together_hold_no_more_than_their_budget() {
    BodyBudget budget = new BodyBudget(10);

    assertThat(budget.take(6)).isTrue();
    assertThat(budget.take(5)).as("one byte more than is left").isFalse();
    assertThat(budget.take(4)).as("all that is left").isTrue();
    budget.give(10);
    assertThat(budget.held()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void a_body_over_the_budget_of_all_is_refused_and_those_before_it_are_answered(ServerSettings.Threads threads)
      throws Exception {
    BodyBudget budget = new BodyBudget(1_000);
    try (TestServer server = TestServer.start(TestServer.settings(threads), Set.of(upload), budget);
        Wire first = server.connect(); Wire second = server.connect()) {
      String body = "\"" + "x".repeat(698) + "\"";
      String head = head("POST /upload", "Content-Type: application/json", "Content-Length: 700");
      first.send(head + body.substring(0, 699));
      awaitHeld(budget, 699);

      assertThat(second.ask(head + body).status()).isEqualTo(503);
      assertThat(first.ask("\"").body()).isEqualTo("taken");
      awaitHeld(budget, 0);
      assertThat(first.ask(head + body).body()).as("what was taken was given back").isEqualTo("taken");
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_a_body_took_is_given_back_when_its_client_goes(ServerSettings.Threads threads) throws Exception {
    BodyBudget budget = new BodyBudget(1_000);
    try (TestServer server = TestServer.start(TestServer.settings(threads), Set.of(upload), budget)) {
      for (String begun : List.of("Content-Length: 700\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n2bc\r\n")) {
        try (Wire goes = server.connect()) {
          goes.send("POST /upload HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n" + begun + "x".repeat(699));
          awaitHeld(budget, 699);
        }
        awaitHeld(budget, 0);
      }
    }
  }

  /** Each of them asks for more than its socket takes, and reads nothing of it. */
  @ParameterizedTest
  @EnumSource
  void answers_that_wait_for_their_clients_hold_no_more_than_their_budget(ServerSettings.Threads threads)
      throws Exception {
    String large = "x".repeat(16 * 1024 * 1024);
    Route made = Route.get("/large", r -> Response.text(large));
    Route done = Route.post("/done", r -> Response.text(large));
    try (TestServer server = TestServer.start(TestServer.settings(threads), Set.of(made, done, upload),
        new BodyBudget(40L * 1024 * 1024)); Wire third = server.connect()) {
      List<Wire> waiting = List.of(server.connect(), server.connect());
      try {
        for (Wire wire : waiting) {
          wire.send(get("/large"));
          assertThat(wire.answerHead().status()).isEqualTo(200);
        }

        Wire.Answer refused = third.ask(get("/large"));
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isPresent();
        assertThat(third.ask(json("POST /upload", "\"x\"")).body()).as("what is small").isEqualTo("taken");
        try (Wire poster = server.connect()) {
          assertThat(poster.send(head("POST /done")).answerHead().status()).as("what was done").isEqualTo(200);
        }
      } finally {
        close(waiting);
      }
      await().until(() -> third.ask(get("/large")).status() == 200);
    }
  }

  private static void awaitHeld(BodyBudget budget, long bytes) {
    while (budget.held() != bytes) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_body_that_comes_steadily_may_take_longer_than_one_that_does_not(ServerSettings.Threads threads)
      throws Exception {
    ServerSettings big = TestServer.settings(threads, "SCALABLE_HTTP_MAX_BODY_BYTES", "100000");
    try (TestServer server = TestServer.start(big, Set.of(upload)); Wire steady = server.connect(); Wire slow = server.connect()) {
      // 400 ms for any body, and a second more for every 16 KiB.
      String body = "\"" + "x".repeat(64_998) + "\"";
      String head = head("POST /upload", "Content-Type: application/json", "Content-Length: 65000");
      steady.send(head + body.substring(0, 64_000));
      slow.send(head + body.substring(0, 10));

      assertThat(slow.answer().status()).isEqualTo(408);
      assertThat(steady.ask(body.substring(64_000)).body()).as("after the time that the other had").isEqualTo("taken");
    }
  }
}
