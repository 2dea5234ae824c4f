package dev.scalable.testkit.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Outcome;
import dev.scalable.testkit.noise.Noise;
import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** A run that the load generator could not carry out as described is none to judge a system by. */
class ValidityTest {
  private static final Duration FAST = Duration.ofMillis(1);

  @Test
  void one_send_in_a_hundred_may_be_late() {
    LoadResult result = sent(1_000, 10, Duration.ofMillis(6), FAST).result();
    assertThat(result.validity().valid()).as("%s", result).isTrue();
    assertThat(result.validity().toString()).isEqualTo("valid");
    assertThat(result.toString()).doesNotContain("INVALID_LOAD");
  }

  @Test
  void more_make_it_invalid_and_the_result_says_how_late_they_were() {
    LoadResult result = sent(1_000, 11, Duration.ofMillis(6), FAST).result();
    assertThat(result.validity().reasons()).singleElement().asString()
        .startsWith("1.1 % of 1000 sends were more than 5.0 ms late, the latest by 6 ms")
        .contains("send less per second");
    assertThat(result.toString()).contains("\n  INVALID_LOAD: 1.1 % of 1000 sends");
  }

  @Test
  void what_is_late_is_measured_by_what_the_system_takes() {
    assertThat(sent(1_000, 500, Duration.ofMillis(40), Duration.ofMillis(500)).result().validity().valid()).isTrue();
    assertThat(sent(1_000, 500, Duration.ofMillis(60), Duration.ofMillis(500)).result().validity().toString())
        .startsWith("INVALID_LOAD: 50.0 % of 1000 sends were more than 50.");
  }

  @Test
  void users_of_a_closed_model_are_late_by_the_answer_before_and_not_by_the_generator() {
    RecordedLoad load = RecordedLoad.paced(Duration.ofMillis(10));
    for (int i = 0; i < 1_000; i++) {
      load.exchange(exchange(i, Duration.ofMillis(100), FAST, new Outcome.Ok()));
    }
    assertThat(load.result().validity().valid()).isTrue();
    assertThat(load.result().lateness().p50()).isGreaterThan(Duration.ofMillis(99));
  }

  @Test
  void one_dropped_request_makes_it_invalid() {
    LoadResult result = sent(1_000, 0, Duration.ZERO, FAST)
        .exchange(exchange(1_000, Duration.ZERO, Duration.ZERO, new Outcome.Dropped("5 were already in flight")))
        .result();
    assertThat(result.validity().reasons())
        .containsExactly("1 of 1001 requests were not sent, the first because: 5 were already in flight");
  }

  @Test
  void a_generator_that_takes_half_of_the_machine_measures_itself() {
    assertThat(sent(2_000, 0, Duration.ZERO, FAST).noise(generator(0.5)).result().validity().valid()).isTrue();
    assertThat(sent(2_000, 0, Duration.ZERO, FAST).noise(generator(0.51)).result().validity().reasons())
        .singleElement().asString().startsWith("the JVM of the load generator used 51 % of the machine");
    LoadResult shortOne = sent(500, 0, Duration.ZERO, FAST).noise(generator(0.9)).result();
    assertThat(shortOne.duration()).isLessThan(Duration.ofSeconds(1));
    assertThat(shortOne.validity().valid()).as("too short for the share to mean anything").isTrue();
  }

  @Test
  void a_closed_model_warns_of_answers_longer_than_ten_of_its_gaps() {
    RecordedLoad load = RecordedLoad.closed();
    for (int i = 0; i < 100; i++) {
      load.exchange(exchange(i, Duration.ZERO, FAST, new Outcome.Ok()));
    }
    assertThat(load.result().toString())
        .contains("closed model: latency under back-pressure, not what users see")
        .doesNotContain("WARNING");
    load.exchange(exchange(100, Duration.ZERO, Duration.ofMillis(12), new Outcome.Ok()));
    assertThat(load.result().toString())
        .contains("WARNING, coordinated omission: the longest answer took 12.0 ms, a user sends every 1.0 ms");
  }

  /** Arrivals one millisecond apart, of which the first are late. */
  private static RecordedLoad sent(int count, int late, Duration by, Duration serviceTime) {
    RecordedLoad load = RecordedLoad.open();
    for (int i = 0; i < count; i++) {
      load.exchange(exchange(i, i < late ? by : Duration.ZERO, serviceTime, new Outcome.Ok()));
    }
    return load;
  }

  private static Exchange exchange(int number, Duration late, Duration serviceTime, Outcome outcome) {
    Duration due = Duration.ofMillis(number);
    Duration start = due.plus(late);
    return Exchange.of("run", 0, 0).start(due, start).ended(start.plus(serviceTime), outcome);
  }

  private static Noise generator(double share) {
    return new Noise(
        Duration.ofNanos(80_000), Duration.ofMillis(1), OptionalDouble.of(0), OptionalDouble.of(0.6),
        OptionalDouble.of(1), OptionalDouble.of(share), Duration.ZERO);
  }
}
