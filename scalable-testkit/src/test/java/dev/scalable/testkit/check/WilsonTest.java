package dev.scalable.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bound is where it should be, and says no more than the rule of three. */
class WilsonTest {
  /** The bound is the rate at which the score test, (seen - rate) / sqrt(rate (1 - rate) / n), gives the quantile. */
  @ParameterizedTest
  @CsvSource({"9, 10", "50, 100", "999, 1000", "1, 2", "2970, 3000"})
  void it_solves_the_equation_of_the_score_test(int successes, int n) {
    double bound = Wilson.lowerBound(successes, n);
    double score = ((double) successes / n - bound) / Math.sqrt(bound * (1 - bound) / n);
    assertThat(score).isCloseTo(Math.sqrt(3), within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 100, 3_000, 1_000_000})
  void without_a_failure_it_is_the_rule_of_three(int n) {
    assertThat(Wilson.lowerBound(n, n)).isCloseTo(n / (n + 3.0), within(1e-12));
  }

  @Test
  void the_needed_number_is_the_least_that_is_enough() {
    for (double rate : new double[] {0.5, 0.75, 0.9, 0.99, 0.999, 0.9999}) {
      long needed = Wilson.needed(rate);
      assertThat(Wilson.shows(rate, needed, needed)).as("%s by %d", rate, needed).isTrue();
      assertThat(Wilson.shows(rate, needed - 1, needed - 1)).as("%s by %d", rate, needed - 1).isFalse();
    }
    assertThat(Wilson.needed(0.999)).isEqualTo(2_997);
  }

  @Test
  void nothing_proves_nothing() {
    assertThat(Wilson.lowerBound(0, 0)).isZero();
    assertThat(Wilson.lowerBound(0, 10)).isZero();
  }
}
