package dev.scalable.testkit.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The turns of connections on a link of 100 bytes per millisecond. */
class WayTest {
  private static final double NANOS_PER_BYTE = 10_000;

  private final Way way = new Way();

  @Test void who_comes_while_another_sends_has_to_wait_for_it() {
    way.replan(NANOS_PER_BYTE, 0);
    assertThat(book(0, 500)).isEqualTo(5);
    assertThat(book(0, 500)).isEqualTo(10);
    assertThat(book(3, 200)).isEqualTo(12);
  }

  @Test void who_wakes_up_late_makes_up_for_it() {
    way.replan(NANOS_PER_BYTE, 0);
    assertThat(book(0, 500)).isEqualTo(5);
    assertThat(book(7, 500)).as("not 12").isEqualTo(10);
  }

  @Test void a_link_that_was_idle_has_saved_nothing_but_a_moment() {
    way.replan(NANOS_PER_BYTE, 0);
    assertThat(book(10_000, 5_000)).isEqualTo(10_000 - 10 + 50);
    assertThat(book(10_000, 5_000)).isEqualTo(10_000 - 10 + 100);
  }

  @Test void a_new_bandwidth_forgets_what_was_booked() {
    way.replan(NANOS_PER_BYTE, 0);
    book(0, 1_000_000);
    way.replan(NANOS_PER_BYTE, at(20));
    assertThat(book(20, 500)).isEqualTo(25);
  }

  @Test void a_turn_takes_five_milliseconds_or_a_small_packet() {
    way.replan(NANOS_PER_BYTE, 0);
    assertThat(way.slice()).isEqualTo(500);
    way.replan(1e12, 0);
    assertThat(way.slice()).isEqualTo(64);
    way.replan(1e-3, 0);
    assertThat(way.slice()).isEqualTo(64 << 10);
    way.replan(0, 0);
    assertThat(way.slice()).isEqualTo(64 << 10);
  }

  /** In milliseconds. */
  private long book(long now, int bytes) {
    return TimeUnit.NANOSECONDS.toMillis(way.book(at(now), bytes, NANOS_PER_BYTE));
  }

  private static long at(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
