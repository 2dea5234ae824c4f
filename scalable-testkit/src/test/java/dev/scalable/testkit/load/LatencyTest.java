package dev.scalable.testkit.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A percentile is given when ten requests lie beyond it, and refused otherwise. */
class LatencyTest {
  @ParameterizedTest
  @CsvSource({"0.5, 20", "0.9, 100", "0.95, 200", "0.99, 1000", "0.999, 10000"})
  void a_percentile_needs_ten_requests_beyond_it(double share, int needed) {
    assertThat(millis(needed).supports(share)).isTrue();
    assertThat(millis(needed).p(share)).isPositive();
    assertThat(millis(needed - 1).supports(share)).isFalse();
    assertThatThrownBy(() -> millis(needed - 1).p(share))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("needs at least " + needed)
        .hasMessageContaining("there are " + (needed - 1));
  }

  @Test
  void figures_are_right_to_three_digits() {
    Latency latency = millis(1000);
    assertClose(latency.min(), 1);
    assertClose(latency.p50(), 500);
    assertClose(latency.p95(), 950);
    assertClose(latency.p99(), 990);
    assertClose(latency.max(), 1000);
    assertClose(latency.mean(), 500.5);
  }

  @Test
  void its_line_leaves_out_what_it_cannot_say() {
    assertThat(millis(200).toString()).contains("mean", "p50", "p95", "max").doesNotContain("p99");
    assertThat(millis(0).toString()).isEqualTo("no times");
    assertThatThrownBy(() -> millis(0).max()).hasMessageContaining("a maximum needs at least 1");
  }

  @Test
  void its_curve_rises_to_the_last_request_but_one() {
    List<Latency.Point> curve = millis(1000).curve();
    assertThat(curve).extracting(Latency.Point::share).isSorted().allMatch(share -> share >= 0 && share < 1);
    assertThat(curve).extracting(Latency.Point::time).isSorted();
    assertThat(curve).hasSizeGreaterThan(30);
    assertThat(curve).filteredOn(point -> point.share() == 0.5).singleElement()
        .satisfies(point -> assertClose(point.time(), 500));
    assertThat(millis(0).curve()).isEmpty();
  }

  @Test
  void its_table_is_the_one_of_the_histograms() {
    assertThat(millis(1000).table()).contains("Percentile TotalCount", "#[Mean    =      500.", "Total count    =");
  }

  /** 1 ms, 2 ms, 3 ms and so on. */
  private static Latency millis(int count) {
    return new Latency(LongStream.rangeClosed(1, count).map(millis -> millis * 1_000_000));
  }

  private static void assertClose(Duration actual, double millis) {
    assertThat(actual.toNanos() / 1e6).isBetween(millis * 0.999, millis * 1.001);
  }
}
