package dev.scalable.testkit.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class NoiseTest {
  private static final OptionalDouble UNKNOWN = OptionalDouble.empty();

  @Test void limits_that_are_just_kept_disturb_nothing() {
    assertThat(noise(20, OptionalDouble.of(0.05), OptionalDouble.of(0.5)).disturbed()).isEmpty();
  }

  @Test void long_hiccups_are_a_reason() {
    assertThat(noise(21, OptionalDouble.of(0), OptionalDouble.of(0)).disturbed())
        .contains("hiccups of 21.0 ms at p99, more than 20.0 ms");
  }

  @Test void a_hypervisor_that_takes_much_is_a_reason() {
    assertThat(noise(1, OptionalDouble.of(0.051), OptionalDouble.of(0)).disturbed())
        .contains("the hypervisor took 5.1 %, more than 5.0 %");
  }

  @Test void a_generator_that_needs_most_of_the_machine_is_a_reason() {
    assertThat(noise(1, OptionalDouble.of(0), OptionalDouble.of(0.51)).disturbed())
        .contains("the load generator used 51.0 % of the processors, more than 50.0 %");
  }

  @Test void all_reasons_are_told_at_once() {
    assertThat(noise(400, OptionalDouble.of(0.9), OptionalDouble.of(0.8)).disturbed().orElseThrow())
        .contains("hiccups of 400.0 ms", "the hypervisor took 90.0 %", "the load generator used 80.0 %");
  }

  @Test void what_is_not_known_is_no_reason_and_is_said_to_be_unknown() {
    Noise noise =
        new Noise(Duration.ofMillis(1), Duration.ofMillis(2), UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, Duration.ZERO);
    assertThat(noise.disturbed()).isEmpty();
    assertThat(noise).hasToString("hiccups p99 1.0 ms, max 2.0 ms; steal unknown, machine busy unknown,"
        + " load average unknown; generator unknown, its garbage collection 0.0 ms");
  }

  @Test void all_figures_are_in_one_line() {
    assertThat(noise(1, OptionalDouble.of(0.001), OptionalDouble.of(0.25)))
        .hasToString("hiccups p99 1.0 ms, max 900.0 ms; steal 0.1 %, machine busy 75.0 %, load average 1.50;"
            + " generator 25.0 %, its garbage collection 7.0 ms");
  }

  private static Noise noise(long p99Millis, OptionalDouble steal, OptionalDouble generator) {
    return new Noise(Duration.ofMillis(p99Millis), Duration.ofMillis(900), steal, OptionalDouble.of(0.75),
        OptionalDouble.of(1.5), generator, Duration.ofMillis(7));
  }
}
