package dev.scalable.testkit.history;

import static dev.scalable.testkit.history.Fate.DROPPED;
import static dev.scalable.testkit.history.Fate.FAILED;
import static dev.scalable.testkit.history.Fate.INDETERMINATE;
import static dev.scalable.testkit.history.Fate.OK;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Only a write of unknown effect is indeterminate; nothing that was never sent is. */
class OutcomeTest {
  static Stream<Arguments> fates() {
    return Stream.of(
        Arguments.of(new Outcome.Ok(), OK, OK, "Ok"),
        Arguments.of(new Outcome.BadStatus(500, false), FAILED, FAILED, "BadStatus 500"),
        Arguments.of(new Outcome.BadStatus(502, false), FAILED, FAILED, "BadStatus 502"),
        Arguments.of(new Outcome.BadStatus(502, true), FAILED, INDETERMINATE, "BadStatus 502 (balancer)"),
        Arguments.of(new Outcome.BadStatus(503, true), FAILED, FAILED, "BadStatus 503 (balancer)"),
        Arguments.of(new Outcome.BadStatus(503, false), FAILED, FAILED, "BadStatus 503"),
        Arguments.of(new Outcome.BadStatus(504, false), FAILED, INDETERMINATE, "BadStatus 504"),
        Arguments.of(new Outcome.BadStatus(504, true), FAILED, INDETERMINATE, "BadStatus 504 (balancer)"),
        Arguments.of(new Outcome.CheckFailed("why"), FAILED, FAILED, "CheckFailed"),
        Arguments.of(new Outcome.Malformed("why"), FAILED, INDETERMINATE, "Malformed"),
        Arguments.of(new Outcome.Refused("why"), FAILED, FAILED, "Refused"),
        Arguments.of(new Outcome.ConnectTimeout(), FAILED, FAILED, "ConnectTimeout"),
        Arguments.of(new Outcome.ClosedBeforeResponse(false), FAILED, INDETERMINATE, "ClosedBeforeResponse"),
        Arguments.of(new Outcome.ClosedBeforeResponse(true), FAILED, INDETERMINATE, "ClosedBeforeResponse (reused)"),
        Arguments.of(new Outcome.ResetMidResponse(), FAILED, INDETERMINATE, "ResetMidResponse"),
        Arguments.of(new Outcome.ReadTimeout(), FAILED, INDETERMINATE, "ReadTimeout"),
        Arguments.of(new Outcome.Dropped("why"), DROPPED, DROPPED, "Dropped"));
  }

  @ParameterizedTest
  @MethodSource("fates")
  void each_outcome_has_a_fate_for_reads_and_one_for_writes(Outcome outcome, Fate ofRead, Fate ofWrite, String label) {
    assertThat(outcome.fate(false)).isEqualTo(ofRead);
    assertThat(outcome.fate(true)).isEqualTo(ofWrite);
    assertThat(outcome.label()).isEqualTo(label);
    assertThat(outcome.reason()).isNotBlank();
  }

  @Test
  void no_outcome_is_left_out() {
    assertThat(fates().map(arguments -> arguments.get()[0].getClass().getName()).distinct())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Outcome.class.getPermittedSubclasses()).map(Class::getName).toList());
  }

  @Test
  void a_method_that_is_not_known_to_be_safe_is_a_write() {
    assertThat(Stream.of("GET", "HEAD", "OPTIONS", "TRACE").map(OutcomeTest::exchange)).noneMatch(Exchange::write);
    assertThat(Stream.of("POST", "PUT", "DELETE", "PATCH", "X").map(OutcomeTest::exchange)).allMatch(Exchange::write);
  }

  private static Exchange exchange(String method) {
    return Exchange.of("run", 0, 0).request("a", method, "/").ended(Duration.ZERO, new Outcome.Ok());
  }
}
