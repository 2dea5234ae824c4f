package dev.scalable.testkit.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A warm-up ends when its times have stopped to change, and not for ever. */
class SteadinessTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void equal_times_are_steady_after_two_windows() {
    assertThat(requestsUntilSteady(i -> 100, 100_000)).isEqualTo(3_000);
  }

  @Test
  void times_that_fall_are_not_steady_before_they_have_fallen() {
    // From 2,300 us to 100 us within the first 5,000 requests, as a cold client was measured to do.
    assertThat(requestsUntilSteady(i -> Math.max(100, 2_300 - i * 2_200L / 5_000), 100_000)).isBetween(5_001, 8_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void one_odd_block_does_not_matter(int odd) {
    assertThat(requestsUntilSteady(i -> i / 500 == odd ? 1_000 : 100, 100_000)).isEqualTo(3_000);
  }

  @Test
  void times_that_never_settle_are_given_up_after_twenty_seconds() {
    Steadiness steadiness = new Steadiness(0);
    long now = 0;
    for (int i = 0; !steadiness.reached(now); i++) {
      steadiness.add(100L << (i / 500));
      now += SECOND / 500;
    }
    assertThat(now).isEqualTo(20 * SECOND);
    assertThat(steadiness.told(now)).startsWith("NOT steady after 10000 requests and 20.0 s, median of 500 requests");
  }

  @Test
  void what_happened_is_told() {
    Steadiness steadiness = new Steadiness(0);
    for (int i = 0; i < 3_000; i++) {
      assertThat(steadiness.reached(SECOND)).isFalse();
      steadiness.add(i < 500 ? 2_000_000 : 1_000_000);
    }
    assertThat(steadiness.reached(SECOND)).isTrue();
    assertThat(steadiness.told(2 * SECOND))
        .isEqualTo("steady after 3000 requests and 2.0 s, median of 500 requests from 2.000 to 1.000 ms");
  }

  private static int requestsUntilSteady(IntToLongFunction nanos, int most) {
    Steadiness steadiness = new Steadiness(0);
    for (int i = 0; i < most; i++) {
      if (steadiness.reached(SECOND)) {
        return i;
      }
      steadiness.add(nanos.applyAsLong(i));
    }
    return most;
  }
}
