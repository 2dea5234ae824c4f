package dev.scalable.testkit.check;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.check.TestkitAssertions.shareOfCapacity;
import static dev.scalable.testkit.check.TestkitAssertions.timesBaseline;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Outcome;
import dev.scalable.testkit.load.Calibration;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.load.RecordedLoad;
import dev.scalable.testkit.noise.Noise;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.opentest4j.TestAbortedException;

/** Statements on rates and times: what they say, and what they do not dare to say. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class LoadFiguresTest {
  private static final Calibration MACHINE = new Calibration(10_000, ofMillis(1), ofMillis(4));
  private static final Calibration SLOWER = new Calibration(4_000, ofMillis(3), ofMillis(9));
  private static final Noise LOUD = new Noise(
      ofMillis(35), ofMillis(90), OptionalDouble.of(0), OptionalDouble.of(0.9), OptionalDouble.of(4),
      OptionalDouble.of(0.1), Duration.ZERO);

  @Test
  void a_success_rate_is_what_the_requests_prove() {
    assertThat(load(3_000, 0, 10).result()).successRate().isAtLeast(0.999);
    assertThat(load(3_000, 30, 10).result()).successRate().isAtLeast(0.98);
    failing(() -> assertThat(load(3_000, 30, 10).result()).successRate().isAtLeast(0.99))
        .hasMessageContainingAll("at least 99 %, but 2970 of 3000 prove no more than 98.6", " % (Wilson, 95.8 %)");
    failing(() -> assertThat(load(500, 0, 10).result()).successRate().isAtLeast(0.999))
        .hasMessageContaining("at least 99.9 %, which takes 2997 requests to prove, all successful; only 500");
    failing(() -> assertThat(load(2_996, 0, 10).result()).successRate().isAtLeast(0.999))
        .hasMessageContaining("only 2996 were sent");
    assertThat(load(2_997, 0, 10).result()).successRate().isAtLeast(0.999);
    assertThatThrownBy(() -> assertThat(load(10, 0, 10).result()).successRate().isAtLeast(1))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("allSucceeded()");
  }

  @Test
  void what_users_with_a_pace_had_to_wait_counts_from_when_their_requests_were_due() {
    RecordedLoad load = RecordedLoad.paced(ofMillis(10));
    for (int i = 0; i < 1_000; i++) {
      Duration due = ofMillis(i * 10L);
      Duration sent = due.plusMillis(400);
      load.exchange(Exchange.of("run", 0, i).request("GET", "GET", "/").start(due, sent)
          .answered(sent, "app-1").ended(sent.plusMillis(1), new Outcome.Ok()));
    }
    failing(() -> assertThat(load.result()).p99().isAtMost(ofMillis(399)))
        .hasMessageContainingAll("it is 401", "ms (response time)");
  }

  @Test
  void a_percentile_is_held_against_a_ceiling_or_the_calibration() {
    LoadResult result = load(1_000, 0, 30).result();
    assertThat(result).p50().isAtMost(ofMillis(31)).p99().isAtMost(ofMillis(31)).p95().isAtMost(timesBaseline(8));
    failing(() -> assertThat(result).p99().isAtMost(ofMillis(29)))
        .hasMessageContainingAll("expected a p99 of at most 29.00 ms: it is 30.0", "ms (response time)");
    failing(() -> assertThat(result).p99().isAtMost(timesBaseline(7)))
        .hasMessageContaining("a p99 of at most 28.00 ms = 7 times the p99 of the calibration 10000/s, p50 1.00 ms");
    failing(() -> assertThat(result).p50().isAtMost(timesBaseline(7)))
        .hasMessageContaining("a p50 of at most 7.00 ms = 7 times the p50 of the calibration");
    failing(() -> assertThat(result).percentile(0.999).isAtMost(ofSeconds(9)))
        .hasMessageContainingAll("a p99.9 of", "1000 successful requests are too few to tell it: send at least 10000");
  }

  @Test
  void the_times_of_an_open_model_begin_when_requests_were_due() {
    RecordedLoad load = RecordedLoad.open();
    for (int i = 0; i < 1_000; i++) {
      Duration due = ofMillis(10L * i);
      load.exchange(Exchange.of("r", i, 0).start(due, due.plusMillis(4)).ended(due.plusMillis(9), new Outcome.Ok()));
    }
    failing(() -> assertThat(load.result()).p99().isAtMost(ofMillis(6)))
        .hasMessageContaining("it is 9.00 ms (response");
    RecordedLoad closed = RecordedLoad.closed();
    for (int i = 0; i < 1_000; i++) {
      Duration due = ofMillis(10L * i);
      closed.exchange(Exchange.of("r", i, 0).start(due, due.plusMillis(4)).ended(due.plusMillis(9), new Outcome.Ok()));
    }
    assertThat(closed.result()).p99().isAtMost(ofMillis(6));
  }

  @Test
  void a_throughput_is_held_against_a_floor_or_the_calibration() {
    LoadResult result = load(1_000, 0, 30).result(); // 1,000 in 10 s
    assertThat(result).throughput().isAtLeastPerSecond(99).throughput().isAtLeast(shareOfCapacity(0.009));
    failing(() -> assertThat(result).throughput().isAtLeastPerSecond(101))
        .hasMessageContaining("expected a throughput of at least 101.0/s: it is 99.");
    failing(() -> assertThat(result).throughput().isAtLeast(shareOfCapacity(0.02)))
        .hasMessageContaining("at least 200.0/s = 2 % of the calibration 10000/s");
  }

  @Test
  void a_ratio_needs_a_calibration() {
    LoadResult result = RecordedLoad.open().exchange(ok(0, 1)).result();
    assertThatThrownBy(() -> assertThat(result).p99().isAtMost(timesBaseline(15)))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("calibratedBy(...)");
    assertThatThrownBy(() -> timesBaseline(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> shareOfCapacity(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void on_a_noisy_machine_a_bad_figure_is_inconclusive_and_a_good_one_is_good() {
    LoadResult result = load(1_000, 0, 30).noise(LOUD).result();
    assertThat(result).p99().isAtMost(ofMillis(31)).throughput().isAtLeastPerSecond(50);
    inconclusive(() -> assertThat(result).p99().isAtMost(ofMillis(29)))
        .hasMessageContaining("INCONCLUSIVE: expected a p99 of at most 29.00 ms: it is 30.0")
        .hasMessageContainingAll("this cannot be judged: hiccups of 35.0 ms at p99", "repeat it on a quieter machine");
    inconclusive(() -> assertThat(result).throughput().isAtLeastPerSecond(500));
  }

  @Test
  void noise_excuses_no_lost_request() {
    failing(() -> assertThat(load(1_000, 1, 30).noise(LOUD).result()).lostNothing());
    failing(() -> assertThat(load(1_000, 1, 30).noise(LOUD).result()).allSucceeded());
    failing(() -> assertThat(load(1_000, 100, 30).noise(LOUD).result()).successRate().isAtLeast(0.99));
  }

  @Test
  void an_invalid_load_passes_no_statement_on_figures() {
    LoadResult result = load(1_000, 0, 1).exchange(dropped()).result();
    inconclusive(() -> assertThat(result).p99().isAtMost(ofSeconds(60)))
        .hasMessageContaining("this cannot be judged: INVALID_LOAD: 1 of 1001 requests were not sent");
    inconclusive(() -> assertThat(result).throughput().isAtLeastPerSecond(0.1));
  }

  @Test
  void a_machine_that_changed_makes_ratios_and_bad_figures_inconclusive() {
    LoadResult result = load(1_000, 0, 30).result();
    inconclusive(() -> assertThat(result).calibratedAgain(SLOWER).p99().isAtMost(timesBaseline(100)))
        .hasMessageContainingAll("the machine changed: calibration 10000/s", "before, calibration 4000/s");
    inconclusive(() -> assertThat(result).calibratedAgain(SLOWER).p99().isAtMost(ofMillis(29)));
    assertThat(result).calibratedAgain(SLOWER).p99().isAtMost(ofMillis(31));
    assertThat(result).calibratedAgain(MACHINE).p99().isAtMost(timesBaseline(100));
  }

  @Test
  void the_machine_is_measured_again_once_for_each_result_and_only_where_the_verdict_depends_on_it() {
    AtomicInteger measured = new AtomicInteger();
    LoadResult result = load(1_000, 0, 30).recalibration(() -> {
      measured.incrementAndGet();
      return Optional.of(SLOWER);
    }).result();
    assertThat(result).allSucceeded().p99().isAtMost(ofMillis(31)).throughput().isAtLeastPerSecond(10);
    assertThat(measured).as("absolute figures that are good").hasValue(0);
    inconclusive(() -> assertThat(result).p99().isAtMost(timesBaseline(100)))
        .hasMessageContainingAll("the machine changed: calibration 10000/s", "before, calibration 4000/s");
    inconclusive(() -> assertThat(result).p99().isAtMost(ofMillis(29)));
    assertThat(measured).hasValue(1);
  }

  @Test
  void a_machine_that_stayed_the_same_lets_ratios_be_judged_and_one_that_cannot_be_asked_too() {
    LoadResult same = load(1_000, 0, 30).recalibration(() -> Optional.of(MACHINE)).result();
    assertThat(same).p99().isAtMost(timesBaseline(100));
    failing(() -> assertThat(same).p99().isAtMost(ofMillis(29)));
    assertThat(load(1_000, 0, 30).recalibration(Optional::empty).result()).p99().isAtMost(timesBaseline(100));
  }

  @Test
  void enforced_what_is_inconclusive_fails() {
    System.setProperty("scalable.testkit.performance", "enforce");
    try {
      failing(() -> assertThat(load(1_000, 0, 30).noise(LOUD).result()).p99().isAtMost(ofMillis(29)))
          .hasMessageContainingAll("hiccups of 35.0 ms", "fails because of -Dscalable.testkit.performance=enforce");
      failing(() -> assertThat(load(1_000, 0, 1).exchange(dropped()).result()).p99().isAtMost(ofSeconds(60)));
      failing(() -> assertThat(load(1_000, 0, 1).exchange(dropped()).result()).lostNothing());
      assertThat(load(1_000, 0, 30).noise(LOUD).result()).p99().isAtMost(ofMillis(31));
    } finally {
      System.clearProperty("scalable.testkit.performance");
    }
  }

  @Test
  void what_was_never_sent_is_not_lost_and_not_proven() {
    inconclusive(() -> assertThat(load(1_000, 0, 1).exchange(dropped()).result()).lostNothing())
        .hasMessageContaining("expected nothing to be lost: 1 requests were never sent");
    failing(() -> assertThat(load(1_000, 1, 1).exchange(dropped()).result()).lostNothing());
    failing(() -> assertThat(RecordedLoad.open().exchange(dropped()).result()).lostNothing())
        .hasMessageContaining("no request succeeded");
  }

  @Test
  void each_of_some_instances_gives_its_share() {
    RecordedLoad load = RecordedLoad.closed().expected("app-3");
    for (int i = 0; i < 10; i++) {
      load.exchange(Exchange.of("r", i, 0).answered(ofMillis(1), i < 6 ? "app-1" : "app-2")
          .ended(ofMillis(1), new Outcome.Ok()));
    }
    assertThat(load.result()).served("app-1", "app-2").eachAtLeast(0.4);
    failing(() -> assertThat(load.result()).served("app-1", "app-2").eachAtLeast(0.5))
        .hasMessageContaining("each of [app-1, app-2] to give at least 50.0 % of 10 answers, but [app-2] gave less: ")
        .hasMessageContaining("{app-1=6, app-2=4, app-3=0}");
    failing(() -> assertThat(load.result()).served("app-3").eachAtLeast(0.01))
        .hasMessageContaining("[app-3] gave less");
  }

  /** So many requests, 10 ms apart, that took so long; the first of them failed. */
  private static RecordedLoad load(int requests, int failed, int millis) {
    RecordedLoad load = RecordedLoad.open().calibration(MACHINE);
    for (int i = 0; i < requests; i++) {
      Outcome outcome = i < failed ? new Outcome.BadStatus(500, false) : new Outcome.Ok();
      load.exchange(Exchange.of("r", i, 0).start(ofMillis(10L * i)).ended(ofMillis(10L * i + millis), outcome));
    }
    return load;
  }

  private static Exchange ok(int at, int millis) {
    return Exchange.of("r", at, 0).start(ofMillis(at)).ended(ofMillis(at + millis), new Outcome.Ok());
  }

  private static Exchange dropped() {
    return Exchange.of("r", 99_999, 0).ended(Duration.ZERO, new Outcome.Dropped("too many in flight"));
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> failing(ThrowingCallable assertion) {
    return assertThatThrownBy(assertion).isInstanceOf(AssertionError.class);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> inconclusive(ThrowingCallable assertion) {
    return assertThatThrownBy(assertion).isInstanceOf(TestAbortedException.class);
  }
}
