package dev.scalable.testkit.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Axes have round marks, and curves go only as far as requests carry them. */
class ScaleTest {

  @Test
  void marks_are_round_and_few() {
    assertThat(Scale.linearRounded(237, 4).ticks()).containsExactly(0.0, 100.0, 200.0, 300.0);
    assertThat(Scale.linearRounded(300, 4).to()).isEqualTo(300);
    assertThat(Scale.logarithmic(0.9, 14).ticks()).containsExactly(0.5, 1.0, 2.0, 5.0, 10.0, 20.0);
    assertThat(Scale.logarithmic(0.9, 900).ticks()).containsExactly(1.0, 10.0, 100.0, 1000.0);
  }

  @Test
  void equal_factors_are_equal_ways_on_a_logarithmic_axis() {
    Scale scale = Scale.logarithmic(1, 100);
    assertThat(scale.share(10)).isCloseTo(0.5, within(1e-9));
    assertThat(scale.share(0.001)).isZero();
    assertThat(scale.share(1e9)).isEqualTo(1);
  }

  @Test
  void a_percentile_needs_ten_requests_beyond_it() {
    Distribution thousand = Distribution.of(LongStream.rangeClosed(1, 1000).map(i -> i * 1_000_000));
    assertThat(thousand.p(0.99)).isPresent();
    assertThat(thousand.p(0.999)).isEmpty();
    assertThat(Distribution.of(LongStream.range(0, 999)).p(0.99)).isEmpty();
    List<Distribution.Point> curve = thousand.curve();
    assertThat(curve.getLast().share()).isCloseTo(0.999, within(1e-9));
    assertThat(curve.getLast().nines()).isCloseTo(3, within(1e-6));
    assertThat(curve).anyMatch(Distribution.Point::supported).anyMatch(point -> !point.supported());
    assertThat(curve).allMatch(point -> point.supported() == point.share() <= 0.99 + 1e-9);
  }

  @Test
  void nothing_answered_makes_no_figure_and_no_curve() {
    Distribution none = Distribution.of(LongStream.empty());
    assertThat(none.max()).isEmpty();
    assertThat(none.p(0.5)).isEmpty();
    assertThat(Wording.millis(none.p(0.5))).isEqualTo("–");
  }

  @Test
  void slices_are_of_a_round_length_and_not_too_many() {
    assertThat(RunReader.slice(Duration.ofMillis(70))).isEqualTo(Duration.ofMillis(10));
    assertThat(RunReader.slice(Duration.ofSeconds(10))).isEqualTo(Duration.ofMillis(100));
    assertThat(RunReader.slice(Duration.ofMinutes(5))).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void figures_have_the_digits_that_mean_something() {
    assertThat(List.of(0.4567, 4.567, 45.67, 456.7, 4567.0).stream().map(Wording::number))
        .containsExactly("0.457", "4.57", "45.7", "457", "4,567");
    assertThat(Wording.tick(0.05) + " " + Wording.tick(1000) + " " + Wording.tick(0)).isEqualTo("0.05 1,000 0");
    assertThat(Wording.percentile(0.999) + " " + Wording.percentile(0.5) + " " + Wording.percentile(0.9999))
        .isEqualTo("p99.9 p50 p99.99");
  }
}
