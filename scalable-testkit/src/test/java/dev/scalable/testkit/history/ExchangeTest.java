package dev.scalable.testkit.history;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An exchange knows when it was due, and tells what it was in one line. */
class ExchangeTest {
  @Test
  void response_time_counts_from_when_it_was_due_and_service_time_from_its_start() {
    Exchange exchange = Exchange.of("run", 3, 7)
        .request("read", "GET", "/orders/5?full")
        .start(ofMillis(100), ofMillis(130))
        .reused(true)
        .answered(ofMillis(140), "app-1")
        .ended(ofMillis(150), new Outcome.Ok());
    assertThat(exchange.responseTime()).isEqualTo(ofMillis(50));
    assertThat(exchange.serviceTime()).isEqualTo(ofMillis(20));
    assertThat(exchange.firstByte()).isEqualTo(ofMillis(140));
    assertThat(exchange.reused()).isTrue();
    assertThat(exchange.step()).isEqualTo("read");
    assertThat(exchange.toString())
        .isEqualTo("run-3-7 GET /orders/5?full by app-1 at 0.130 s (30.0 ms late), after 20.0 ms: ok");
  }

  @Test
  void without_a_schedule_it_was_due_when_it_began_and_without_an_answer_its_first_byte_is_its_end() {
    Exchange exchange = Exchange.of("run", 0, 0).start(ofMillis(5)).ended(ofMillis(9), new Outcome.Malformed("no"));
    assertThat(exchange.intended()).isEqualTo(exchange.start()).isEqualTo(ofMillis(5));
    assertThat(exchange.firstByte()).isEqualTo(exchange.end()).isEqualTo(ofMillis(9));
    assertThat(exchange.toString())
        .isEqualTo("run-0-0 GET / by nobody known at 0.005 s, after 4.0 ms: no");
  }

  @Test
  void they_are_ordered_by_their_starts() {
    assertThat(Stream.of(3, 1, 2)
            .map(start -> Exchange.of("run", start, 0).start(ofMillis(start)).ended(ofMillis(9), new Outcome.Ok()))
            .sorted(Exchange.byStart()))
        .extracting(Exchange::user)
        .containsExactly(1, 2, 3);
  }
}
