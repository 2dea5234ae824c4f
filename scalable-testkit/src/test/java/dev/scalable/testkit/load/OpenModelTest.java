package dev.scalable.testkit.load;

import static dev.scalable.testkit.load.Load.rate;
import static dev.scalable.testkit.load.Load.requests;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests come when the schedule says so, whatever becomes of those before them. */
class OpenModelTest {
  @AfterEach
  void no_thread_of_a_run_is_left() {
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("load-"));
  }

  @Test
  void a_constant_rate_is_a_schedule_of_equal_distances() throws Exception {
    try (TestServer server = TestServer.start(TestServer.roundRobin("a", "b"))) {
      LoadResult result =
          Load.against(server.uri()).get("/").open(rate(200).perSecond().during(ofSeconds(1))).run();
      assertThat(result.open()).isTrue();
      assertThat(result.ok()).isEqualTo(200).isEqualTo(server.requests());
      assertThat(intended(result)).isEqualTo(multiplesOf(ofMillis(5), 200));
      assertThat(result.exchanges()).extracting(Exchange::requestId).doesNotHaveDuplicates();
      assertThat(result.exchanges()).allSatisfy(exchange -> {
        assertThat(exchange.start()).isGreaterThanOrEqualTo(exchange.intended());
        assertThat(exchange.responseTime()).isGreaterThanOrEqualTo(exchange.serviceTime());
      });
      assertThat(result.lateness().count()).isEqualTo(200);
    }
  }

  @Test
  void a_poisson_schedule_follows_from_its_seed_alone() throws Exception {
    OpenModel model = rate(500).perSecond().poisson(42).during(ofSeconds(1));
    try (TestServer fast = TestServer.start(TestServer.always(TestServer.ok("")));
        TestServer slow = TestServer.start(pausing(ofMillis(20)))) {
      List<Duration> schedule = intended(Load.against(fast.uri()).get("/").open(model).run());
      assertThat(schedule).hasSizeBetween(400, 600).isNotEqualTo(multiplesOf(ofMillis(2), schedule.size()));
      assertThat(intended(Load.against(slow.uri()).get("/").open(model).run())).isEqualTo(schedule);
    }
  }

  @Test
  void a_slow_answer_delays_no_other_request() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    TestServer.Script firstHangs = (request, socket) -> {
      if (request.overall() == 1) {
        over.await();
      }
      return TestServer.always(TestServer.ok("")).answer(request, socket);
    };
    try (TestServer server = TestServer.start(firstHangs)) {
      LoadResult result = Load.against(server.uri())
          .get("/")
          .open(rate(100).perSecond())
          .whileRunning(() -> {
            await().until(() -> server.requests() > 100);
            over.countDown();
          })
          .run();
      assertThat(result.ok()).isEqualTo(result.scheduled()).isGreaterThan(100);
      assertThat(result.exchanges().getFirst().serviceTime()).isGreaterThan(ofMillis(900));
      assertThat(result.exchanges().get(50).end()).isLessThan(result.exchanges().getFirst().end());
    }
  }

  @Test
  void more_are_in_flight_than_there_are_platform_threads() throws Exception {
    CountDownLatch over = new CountDownLatch(150);
    TestServer.Script allTogether = (request, socket) -> {
      over.countDown();
      over.await();
      return TestServer.always(TestServer.ok("")).answer(request, socket);
    };
    try (TestServer server = TestServer.start(allTogether)) {
      LoadResult result = Load.against(server.uri())
          .get("/").open(rate(300).perSecond().during(ofMillis(500))).run();
      assertThat(result.ok()).as("%s", result).isEqualTo(150);
      assertThat(server.connections()).isEqualTo(150);
    }
  }

  @Test
  void who_finds_too_many_in_flight_is_dropped_and_the_run_is_not_valid() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    TestServer.Script hang = (request, socket) -> {
      over.await();
      return TestServer.always(TestServer.ok("")).answer(request, socket);
    };
    try (TestServer server = TestServer.start(hang)) {
      LoadResult result = Load.against(server.uri())
          .get("/")
          .open(rate(200).perSecond().during(ofMillis(500)).maxInFlight(5))
          .fault(ofMillis(450), "go on", over::countDown)
          .run();
      assertThat(result.scheduled()).isEqualTo(100);
      assertThat(result.ok()).isEqualTo(server.requests()).isBetween(5, 50);
      assertThat(result.dropped()).isEqualTo(100 - result.ok());
      assertThat(result.exchanges()).filteredOn(exchange -> exchange.fate() == Fate.DROPPED)
          .extracting(exchange -> exchange.outcome().reason())
          .containsOnly("5 requests were already in flight");
      assertThat(result.validity().valid()).isFalse();
      assertThat(result.toString()).contains("INVALID_LOAD: ", "of 100 requests were not sent");
    }
  }

  @Test
  void who_has_an_answer_is_in_flight_no_more() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      LoadResult result = Load.against(server.uri())
          .get("/").open(rate(100).perSecond().during(ofMillis(500)).maxInFlight(5)).run();
      assertThat(result.ok()).as("%s", result).isGreaterThan(10);
    }
  }

  @Test
  void a_rate_without_time_goes_on_for_as_long_as_the_action() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      LoadResult result = Load.against(server.uri())
          .get("/")
          .open(rate(400).perSecond())
          .whileRunning(() -> await().until(() -> server.requests() >= 100))
          .run();
      assertThat(result.ok()).isEqualTo(result.scheduled()).isEqualTo(server.requests()).isGreaterThanOrEqualTo(100);
      assertThat(result.faults()).hasSize(1);
      Load endless = Load.against(server.uri()).get("/").open(rate(400).perSecond());
      assertThatThrownBy(endless::run).hasMessageContaining("no end: a load without iterations or time needs");
    }
  }

  @Test
  void a_rare_request_does_not_hold_up_the_end_of_the_run() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      LoadResult result = Load.against(server.uri())
          .get("/")
          .open(rate(0.05).perSecond())
          .whileRunning(() -> await().until(() -> server.requests() == 1))
          .giveUpAfter(ofSeconds(10))
          .run();
      assertThat(result.scheduled()).isEqualTo(1);
    }
  }

  @Test
  void warm_up_is_sent_over_the_connections_of_the_run() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      LoadResult result = Load.against(server.uri())
          .post("/orders", () -> "{}")
          .warmUp(requests(160), RequestTemplate.get("/"))
          .open(rate(100).perSecond().during(ofMillis(200)))
          .run();
      assertThat(result.exchanges()).hasSize(20).allMatch(Exchange::reused).allMatch(Exchange::write);
      assertThat(server.requests()).isEqualTo(180);
      assertThat(server.connections()).isEqualTo(16);
      assertThat(result.toString()).contains("warm-up 160 requests");
    }
  }

  @Test
  void what_cannot_be_a_rate_is_refused() {
    assertThatThrownBy(() -> rate(0).perSecond()).hasMessageContaining("this is 0.0");
    assertThatThrownBy(() -> rate(Double.NaN).perSecond()).hasMessageContaining("this is NaN");
    assertThatThrownBy(() -> rate(1).perSecond().during(Duration.ZERO)).hasMessageContaining("longer than nothing");
    assertThatThrownBy(() -> rate(1).perSecond().maxInFlight(0)).hasMessageContaining("this is 0");
  }

  private static List<Duration> intended(LoadResult result) {
    return result.exchanges().stream().map(Exchange::intended).sorted().toList();
  }

  private static List<Duration> multiplesOf(Duration gap, int count) {
    List<Duration> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(gap.multipliedBy(i));
    }
    return all;
  }

  private static TestServer.Script pausing(Duration time) {
    return (request, socket) -> {
      new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
      return TestServer.always(TestServer.ok("")).answer(request, socket);
    };
  }
}
