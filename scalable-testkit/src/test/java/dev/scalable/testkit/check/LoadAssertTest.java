package dev.scalable.testkit.check;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Outcome;
import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.load.RecordedLoad;
import dev.scalable.testkit.load.TestServer;
import java.io.IOException;
import java.time.Duration;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Each assertion holds when it should, and fails with a message that can be acted on when it should. */
class LoadAssertTest {
  @Test
  void a_clean_run_satisfies_all() throws Exception {
    LoadResult result = get(TestServer.roundRobin("a", "b"), 10, 20);
    assertThat(result)
        .requests(200)
        .allSucceeded()
        .lostNothing()
        .evenlyDistributed()
        .plausiblyEven()
        .servedBy("b", "a")
        .servedByExactly(2)
        .eachServedAtLeast(0.5);
  }

  @Test
  void the_number_of_requests_is_exact() throws Exception {
    LoadResult result = get(TestServer.roundRobin("a", "b"), 2, 5);
    failing(() -> assertThat(result).requests(11)).hasMessageContaining("expected 11 requests, there were 10");
  }

  @Test
  void failures_are_shown_by_outcome_and_by_example() throws Exception {
    LoadResult result = get(
        (request, socket) -> request.overall() % 10 == 0
            ? request.overall() % 20 == 0 && TestServer.always(TestServer.ok("")).answer(request, socket)
            : TestServer.always(request.overall() % 10 == 5
                    ? TestServer.status(500, "X-Instance-Id: b\r\n")
                    : TestServer.ok("X-Instance-Id: a\r\n"))
                .answer(request, socket),
        1, 100);
    failing(() -> assertThat(result).allSucceeded())
        .hasMessageContaining("expected all requests to succeed, 15 of 100 did not")
        .hasMessageContaining("{BadStatus 500=10, ClosedBeforeResponse (reused)=5, Ok=85}")
        .hasMessageContaining("15/100 failed")
        .hasMessageMatching(
            "(?s).*(\n    [0-9a-f]{16}-0-\\d+ GET / by [^\n]+ at [.\\d]+ s, after [^\n]+ms: [^\n]+){5}.*")
        .hasMessageMatching("(?s).*GET / by b at [^\n]*: status 500\n.*")
        .hasMessageMatching("(?s).*GET / by nobody known at [^\n]*: closed before the response, on a reused conn.*");
  }

  @Test
  void losses_are_told_apart_by_who_caused_them() throws Exception {
    LoadResult result = post(
        (request, socket) -> switch (request.overall()) {
          case 1 -> TestServer.always(TestServer.status(502, "X-Error-Source: nginx\r\n")).answer(request, socket);
          case 2 -> TestServer.always(TestServer.status(503, "X-Error-Source: nginx\r\n")).answer(request, socket);
          case 3 -> TestServer.always(TestServer.status(503, "")).answer(request, socket);
          case 4 -> TestServer.always(TestServer.status(429, "")).answer(request, socket);
          case 5 -> TestServer.always(TestServer.status(422, "")).answer(request, socket);
          case 6 -> false;
          default -> TestServer.always(TestServer.ok("")).answer(request, socket);
        },
        1, 10);
    failing(() -> assertThat(result).lostNothing())
        .hasMessageContaining("4 of 10 did not: 4 lost (2 errors made by the balancer, 1 other bad answers, 1 wi")
        .hasMessageContaining("2 of them writes in doubt)")
        .hasMessageContaining("apart from these 2 shed by the application (429 or 503) and 0 never sent")
        .hasMessageContaining("BadStatus 502 (balancer)=1");
  }

  @Test
  void what_the_application_sheds_is_not_lost_but_no_success_either() throws Exception {
    LoadResult result = post(
        (request, socket) -> TestServer.always(request.overall() % 2 == 0
            ? TestServer.status(request.overall() % 4 == 0 ? 503 : 429, "") : TestServer.ok(""))
                .answer(request, socket),
        1, 10);
    assertThat(result).lostNothing();
    failing(() -> assertThat(result).allSucceeded()).hasMessageContaining("5 of 10 did not");
  }

  @Test
  void where_all_is_shed_nothing_is_proven() throws Exception {
    LoadResult result = post(TestServer.always(TestServer.status(503, "")), 1, 10);
    failing(() -> assertThat(result).lostNothing()).hasMessageContainingAll("no request succeeded", "10 shed by the");
  }

  @Test
  void each_free_place_of_the_balancer_allows_one_more_between_the_shares() {
    RecordedLoad run = RecordedLoad.closed();
    for (int i = 0; i < 8; i++) {
      Duration at = Duration.ofMillis(i);
      run.exchange(Exchange.of("run", 0, i).request("GET", "GET", "/").start(at, at)
          .answered(at, i < 5 ? "a" : "b").ended(at.plusMillis(1), new Outcome.Ok()));
    }
    failing(() -> assertThat(run.result()).evenlyDistributed())
        .hasMessageContaining("at most 1 apart, but the counts are 5 - 3 = 2 apart");
    assertThat(run.freePlaces(1).result()).evenlyDistributed();
  }

  @Test
  void an_uneven_distribution_is_shown_by_its_counts() throws Exception {
    LoadResult result = get(TestServer.roundRobin("a", "b", "a"), 1, 30);
    failing(() -> assertThat(result).evenlyDistributed())
        .hasMessageContaining("20 - 10 = 10 apart: {a=20, b=10}");
    assertThat(result).plausiblyEven();
    failing(() -> assertThat(result).eachServedAtLeast(0.45))
        .hasMessageContaining("at least 45.0 % of 30 answers, but the least gave 33.3 %: {a=20, b=10}");
  }

  @Test
  void a_distribution_that_chance_does_not_give_is_refuted() throws Exception {
    LoadResult result = get(TestServer.roundRobin("a", "b", "a"), 1, 300);
    failing(() -> assertThat(result).plausiblyEven())
        .hasMessageContaining("with p = ")
        .hasMessageContaining("{a=200, b=100}");
    LoadResult few = get(TestServer.roundRobin("a", "b"), 1, 9);
    failing(() -> assertThat(few).plausiblyEven())
        .hasMessageContainingAll("too few answers", "9 of 2", "needed are 10");
  }

  @Test
  void one_instance_alone_is_no_even_distribution() throws Exception {
    LoadResult result = get(TestServer.roundRobin("a"), 1, 10);
    failing(() -> assertThat(result).evenlyDistributed()).hasMessageContainingAll("needs two instances", "{a=10}");
    failing(() -> assertThat(result).servedBy("a", "b")).hasMessageContaining("exactly [a, b], got [a]");
    failing(() -> assertThat(result).servedByExactly(2)).hasMessageContaining("exactly 2 instances, got [a]");
  }

  @Test
  void answers_without_the_name_of_an_instance_prove_no_distribution() throws Exception {
    LoadResult result = get(TestServer.always(TestServer.ok("")), 1, 10);
    failing(() -> assertThat(result).evenlyDistributed())
        .hasMessageContaining("10 good answers do not name their instance");
  }

  @Test
  void an_exact_distribution_is_not_asked_of_a_run_with_faults() throws Exception {
    try (TestServer server = TestServer.start(TestServer.roundRobin("a", "b"))) {
      LoadResult result = Load.against(server.uri())
          .get("/")
          .closed(users(1))
          .whileRunning(() -> await().until(() -> server.requests() > 100))
          .run();
      failing(() -> assertThat(result).evenlyDistributed())
          .hasMessageContaining("the action of whileRunning at 0.")
          .hasMessageContaining("say plausiblyEven()");
      assertThat(result).plausiblyEven();
    }
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> failing(ThrowingCallable assertion) {
    return assertThatThrownBy(assertion).isInstanceOf(AssertionError.class);
  }

  private static LoadResult get(TestServer.Script script, int users, int iterations) throws IOException {
    try (TestServer server = TestServer.start(script)) {
      return Load.against(server.uri()).get("/").closed(users(users), iterations(iterations)).run();
    }
  }

  private static LoadResult post(TestServer.Script script, int users, int iterations) throws IOException {
    try (TestServer server = TestServer.start(script)) {
      return Load.against(server.uri()).post("/", () -> "{}").closed(users(users), iterations(iterations)).run();
    }
  }
}
