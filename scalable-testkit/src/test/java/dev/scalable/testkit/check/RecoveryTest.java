package dev.scalable.testkit.check;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Outcome;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.load.RecordedLoad;
import dev.scalable.testkit.noise.Noise;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** Recovery after faults, on runs of 10 s at 100 requests per second that were written down, not made. */
class RecoveryTest {
  private static final Outcome OK = new Outcome.Ok();
  private static final Outcome BAD = new Outcome.BadStatus(502, true);
  private static final Noise LOUD = new Noise(
      ofMillis(35), ofMillis(90), OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty(),
      OptionalDouble.empty(), Duration.ZERO);

  @Test
  void a_fault_that_nobody_notices_is_recovered_from_at_once() {
    assertThat(run(at -> OK, at -> 5).fault("kill", ofSeconds(3), ofMillis(3_010)).result())
        .recoversWithin(ofMillis(1));
  }

  @Test
  void requests_may_fail_for_as_long_as_was_said_and_no_longer() {
    LoadResult result = run(at -> at >= 3_000 && at < 4_000 ? BAD : OK, at -> 5)
        .fault("kill", ofSeconds(3), ofMillis(3_010)).result();
    assertThat(result).recoversWithin(ofSeconds(1));
    failing(() -> assertThat(result).recoversWithin(ofMillis(990)))
        .hasMessageContaining("expected to recover from each fault within 990 ms")
        .hasMessageContaining("kill at 3.000 to 3.010 s: requests failed until 0.995 s after it began, the last: ")
        .hasMessageContaining("status 502 made by the balancer");
  }

  @Test
  void a_request_that_a_later_fault_broke_is_not_held_against_the_one_before() {
    LoadResult result = run(at -> at == 7_990 ? BAD : OK, at -> at == 7_990 ? 20 : 5)
        .fault("first", ofSeconds(3), ofSeconds(3)).fault("second", ofSeconds(8), ofSeconds(8)).result();
    assertThat(result).recoversWithin(ofSeconds(1));
  }

  @Test
  void users_who_all_wait_through_a_freeze_show_it_though_nothing_was_due_in_it() {
    RecordedLoad users = RecordedLoad.closed();
    IntStream.range(0, 600).forEach(i -> {
      int at = i < 300 ? i * 10 : 5_000 + i * 10; // the request of 2,990 is answered when the freeze ends
      int took = i == 299 ? 5_000 : 5;
      users.exchange(Exchange.of("run", 0, i).request("GET", "GET", "/").start(ofMillis(at), ofMillis(at))
          .answered(ofMillis(at + took), "app-1").ended(ofMillis(at + took), i == 299 ? BAD : OK));
    });
    LoadResult result = users.fault("freeze", ofMillis(2_991), ofMillis(2_991)).result();
    failing(() -> assertThat(result).recoversWithin(ofSeconds(1))).hasMessageContaining("freeze");
  }

  @Test
  void a_stall_of_all_answers_counts_by_the_requests_that_it_kept_a_single_user_from() {
    LoadResult result = oneUser(at -> at == 3_000 ? 5_000 : 5).fault("stall", ofSeconds(3), ofSeconds(3)).result();
    failing(() -> assertThat(result).recoversWithin(ofSeconds(4)))
        .hasMessageContaining("stall at 3.000 to 3.000 s: answers were slow until 4.9");
    assertThat(result).recoversWithin(ofSeconds(5));
  }

  @Test
  void one_slow_answer_to_a_single_user_is_no_stall_before_it_takes_a_share_of_the_time() {
    assertThat(oneUser(at -> at == 3_100 ? 60 : 5).fault("hiccup", ofSeconds(3), ofSeconds(3)).result())
        .recoversWithin(ofMillis(1)); // 4 of 100 would have been slow
    failing(() -> assertThat(oneUser(at -> at == 3_100 ? 160 : 5).fault("stall", ofSeconds(3), ofSeconds(3)).result())
        .recoversWithin(ofMillis(1))).hasMessageContaining("answers were slow until 0.");
  }

  @Test
  void one_request_that_fails_late_is_enough() {
    LoadResult result = run(at -> at == 8_000 ? BAD : OK, at -> 5).fault("kill", ofSeconds(3), ofSeconds(3)).result();
    failing(() -> assertThat(result).recoversWithin(ofSeconds(2)))
        .hasMessageContaining("requests failed until 5.005 s");
  }

  @Test
  void answers_may_be_slow_for_as_long_as_was_said_and_no_longer() {
    LoadResult result = run(at -> OK, at -> at >= 3_000 && at < 4_000 ? 300 : 30)
        .fault("pause", ofSeconds(3), ofSeconds(3)).result();
    assertThat(result).recoversWithin(ofSeconds(1));
    failing(() -> assertThat(result).recoversWithin(ofMillis(900)))
        .hasMessageContainingAll("pause at 3.000 to 3.000 s: answers were slow until 0.9", "s after it began")
        .hasMessageContaining("slow is p95 above 60.0 ms, before the first fault it was 30.0 ms");
  }

  @Test
  void a_short_time_of_slow_answers_counts_however_long_the_load_goes_on() {
    LoadResult result = run(at -> OK, at -> at >= 3_000 && at < 3_300 ? 300 : 30)
        .fault("pause", ofSeconds(3), ofSeconds(3)).result(); // 30 of 700 are less than 5 % of all, not of a second
    failing(() -> assertThat(result).recoversWithin(ofMillis(200))).hasMessageContaining("answers were slow until 0.2");
  }

  @Test
  void answers_that_stay_slow_are_told_so() {
    LoadResult result = run(at -> OK, at -> at >= 3_000 ? 61 : 30).fault("slow", ofSeconds(3), ofSeconds(3)).result();
    failing(() -> assertThat(result).recoversWithin(ofSeconds(6))).hasMessageContaining("answers were slow to the end");
    assertThat(run(at -> OK, at -> at >= 3_000 ? 60 : 30).fault("slow", ofSeconds(3), ofSeconds(3)).result())
        .recoversWithin(ofMillis(1));
  }

  @Test
  void what_is_below_20_ms_is_not_slow() {
    assertThat(run(at -> OK, at -> at >= 3_000 ? 20 : 1).fault("kill", ofSeconds(3), ofSeconds(3)).result())
        .recoversWithin(ofMillis(1));
    failing(() -> assertThat(run(at -> OK, at -> at >= 3_000 ? 21 : 1).fault("k", ofSeconds(3), ofSeconds(3)).result())
        .recoversWithin(ofMillis(1)));
  }

  @Test
  void each_fault_is_judged_until_the_next() {
    LoadResult result = run(at -> at >= 6_000 && at < 6_500 ? BAD : OK, at -> 5)
        .fault("kill", ofSeconds(3), ofSeconds(3)).fault("start", ofSeconds(6), ofSeconds(7)).result();
    assertThat(result).recoversWithin(ofMillis(500));
    failing(() -> assertThat(result).recoversWithin(ofMillis(400)))
        .hasMessageContaining("start at 6.000 to 7.000 s: requests failed until 0.495 s")
        .hasMessageNotContaining("kill at 3.000 to 3.000 s: requests");
  }

  @Test
  void failures_up_to_the_next_fault_are_no_recovery_however_long_the_limit() {
    LoadResult result = run(at -> at >= 3_000 && at < 6_000 ? BAD : OK, at -> 5)
        .fault("kill", ofSeconds(3), ofSeconds(3)).fault("start", ofSeconds(6), ofSeconds(7)).result();
    failing(() -> assertThat(result).recoversWithin(ofSeconds(60))).hasMessageContaining("kill at 3.000 to 3.000 s");
  }

  @Test
  void slowness_on_a_noisy_machine_is_inconclusive_and_failures_are_not() {
    LoadResult slow = run(at -> OK, at -> at >= 3_000 ? 90 : 30).noise(LOUD)
        .fault("kill", ofSeconds(3), ofSeconds(3)).result();
    assertThatThrownBy(() -> assertThat(slow).recoversWithin(ofSeconds(1)))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContainingAll("INCONCLUSIVE: expected to recover", "slow to the end", "hiccups of 35.0 ms");
    LoadResult failed = run(at -> at >= 3_000 && at < 5_000 ? BAD : OK, at -> 30).noise(LOUD)
        .fault("kill", ofSeconds(3), ofSeconds(3)).result();
    failing(() -> assertThat(failed).recoversWithin(ofSeconds(1)));
  }

  @Test
  void what_cannot_be_seen_is_not_judged() {
    failing(() -> assertThat(run(at -> OK, at -> 5).result()).recoversWithin(ofSeconds(1)))
        .hasMessageContaining("there was no fault to recover from");
    failing(() -> assertThat(run(at -> OK, at -> 5).fault("kill", ofSeconds(1), ofSeconds(1)).result())
        .recoversWithin(ofSeconds(1)))
        .hasMessageContaining("there were 100 good requests before the first fault, kill at 1.000 to 1.000 s");
    failing(() -> assertThat(run(at -> OK, at -> 5).fault("kill", ofMillis(9_900), ofMillis(9_900)).result())
        .recoversWithin(ofSeconds(1)))
        .hasMessageContaining("there were 10 requests between kill at 9.900 to 9.900 s and the end of the load");
    failing(() -> assertThat(run(at -> OK, at -> 5)
        .fault("kill", ofSeconds(5), ofSeconds(5)).fault("start", ofMillis(5_100), ofSeconds(6)).result())
        .recoversWithin(ofSeconds(1)))
        .hasMessageContaining("there were 10 requests between kill at 5.000 to 5.000 s and the next fault");
  }

  /** Sends ten milliseconds after the last request, or when it is answered, for 10 s. */
  private static RecordedLoad oneUser(IntToLongFunction millis) {
    RecordedLoad load = RecordedLoad.closed();
    long at = 0;
    for (int i = 0; at < 10_000; i++) {
      long took = millis.applyAsLong((int) at);
      load.exchange(Exchange.of("r", 0, i).start(ofMillis(at), ofMillis(at)).ended(ofMillis(at + took), OK));
      at += Math.max(10, took);
    }
    return load;
  }

  private static RecordedLoad run(IntFunction<Outcome> outcome, IntToLongFunction millis) {
    RecordedLoad load = RecordedLoad.open();
    for (int at = 0; at < 10_000; at += 10) {
      load.exchange(Exchange.of("r", at, 0).start(ofMillis(at))
          .ended(ofMillis(at + millis.applyAsLong(at)), outcome.apply(at)));
    }
    return load;
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> failing(ThrowingCallable assertion) {
    return assertThatThrownBy(assertion).isInstanceOf(AssertionError.class);
  }
}
