package dev.scalable.testkit.load;

import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.rate;
import static dev.scalable.testkit.load.Load.users;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The experiment that an open model is for: a system that answers nothing for one second. Users of a closed model wait
 * it out with one request each, so it is in no percentile of theirs; in an open one it is in every request that came
 * meanwhile.
 */
class FreezeTest {
  private static final Duration FREEZE = ofSeconds(1);
  private static final Duration HALF_OF_IT = ofMillis(500);

  @Test
  void a_closed_model_hides_a_freeze_and_says_so() throws Exception {
    LoadResult result = frozenFor(FREEZE, load -> load.closed(users(4).during(ofSeconds(4))));
    assertThat(result.ok()).isEqualTo(result.scheduled());
    assertThat(result.service().max()).isGreaterThan(HALF_OF_IT);
    assertThat(result.service().p99()).as("%s", result).isLessThan(HALF_OF_IT);
    assertThat(result.toString())
        .contains("closed model: latency under back-pressure, not what users see")
        .contains("WARNING, coordinated omission: the longest answer took ")
        .contains("measure with open(rate(...))");
  }

  @Test
  void an_open_model_shows_it() throws Exception {
    LoadResult result = frozenFor(FREEZE, load -> load.open(rate(300).perSecond().during(ofSeconds(4))));
    assertThat(result.ok()).isEqualTo(1_200);
    assertThat(result.response().p99()).as("%s", result).isGreaterThan(HALF_OF_IT);
    assertThat(result.response().p(0.9)).as("%s", result).isGreaterThan(ofMillis(50));
    assertThat(result.toString())
        .contains("open model, 300 per second for 4.0 s")
        .containsPattern("response time [^\n]+, from the intended start")
        .doesNotContain("WARNING", "back-pressure");
  }

  @Test
  void users_with_a_pace_show_it_in_their_response_times() throws Exception {
    LoadResult result = frozenFor(FREEZE, load -> load.closed(users(8).pace(ofMillis(20)).during(ofSeconds(4))));
    assertThat(result.ok()).isEqualTo(1_600);
    assertThat(result.service().p99()).as("%s", result).isLessThan(HALF_OF_IT);
    assertThat(result.response().p99()).as("%s", result).isGreaterThan(HALF_OF_IT);
    assertThat(result.toString())
        .contains("8 users, one request each per 20.0 ms")
        .contains("closed model with a pace: response times count from when each request was due")
        .doesNotContain("WARNING");
  }

  @Test
  void users_with_a_pace_send_all_that_was_due_however_late_they_are() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    TestServer.Script slow = (request, socket) -> {
      never.await(5, TimeUnit.MILLISECONDS);
      return TestServer.always(TestServer.ok("")).answer(request, socket);
    };
    try (TestServer server = TestServer.start(slow)) {
      LoadResult result =
          Load.against(server.uri()).get("/").closed(users(1).pace(ofMillis(1)).during(ofMillis(100))).run();
      assertThat(result.ok()).isEqualTo(100);
      assertThat(result.response().max()).isGreaterThan(ofMillis(350));
    }
  }

  @Test
  void the_series_shows_the_gap() throws Exception {
    LoadResult result = frozenFor(FREEZE, load -> load.open(rate(300).perSecond().during(ofSeconds(4))));
    var series = result.series(ofMillis(100));
    assertThat(series.stream().mapToInt(Slice::ok).sum()).isEqualTo(1_200);
    Fault freeze = result.faults().getFirst();
    assertThat(series)
        .filteredOn(slice -> slice.begin().compareTo(freeze.started().plusMillis(300)) > 0
            && slice.begin().plus(slice.length()).compareTo(freeze.ended()) < 0)
        .hasSizeBetween(3, 8)
        .allSatisfy(slice -> assertThat(slice.ok()).isZero());
  }

  private interface Sent {
    Load by(Load load);
  }

  /** The load on a server that stops to answer for so long, after a second. */
  private static LoadResult frozenFor(Duration time, Sent sent) throws Exception {
    Freezer freezer = new Freezer();
    try (TestServer server = TestServer.start(freezer)) {
      return sent.by(Load.against(server.uri()).get("/"))
          .fault(at(ofSeconds(1)), "freeze", () -> freezer.freeze(time))
          .run();
    }
  }

  private static final class Freezer implements TestServer.Script {
    private static final TestServer.Script ANSWER = TestServer.always(TestServer.ok(""));
    private volatile CountDownLatch thaw = new CountDownLatch(0);

    @Override
    public boolean answer(TestServer.Request request, Socket socket) throws Exception {
      thaw.await();
      return ANSWER.answer(request, socket);
    }

    void freeze(Duration time) throws InterruptedException {
      CountDownLatch latch = new CountDownLatch(1);
      thaw = latch;
      latch.await(time.toMillis(), TimeUnit.MILLISECONDS);
      latch.countDown();
    }
  }
}
