package dev.scalable.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tail of the distribution agrees with the printed tables. */
class ChiSquareTest {
  @ParameterizedTest
  @CsvSource({
    "1, 3.841, 0.05", "1, 10.828, 0.001", "2, 5.991, 0.05", "2, 13.816, 0.001", "3, 7.815, 0.05", "5, 1.145, 0.95",
    "10, 18.307, 0.05", "10, 3.940, 0.95", "30, 59.703, 0.001"
  })
  void it_agrees_with_the_table_of_critical_values(int freedom, double statistic, double probability) {
    assertThat(ChiSquare.tail(freedom / 2.0, statistic / 2)).isCloseTo(probability, within(probability * 0.005));
  }

  @Test
  void even_counts_are_as_likely_as_can_be() {
    assertThat(ChiSquare.likelihoodOfEven(List.of(100, 100, 100))).isEqualTo(1);
    assertThat(ChiSquare.likelihoodOfEven(List.of(1000, 0))).isLessThan(1e-100);
  }
}
