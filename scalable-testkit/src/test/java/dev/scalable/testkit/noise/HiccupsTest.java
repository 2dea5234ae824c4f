package dev.scalable.testkit.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The account of delays, on a clock that only sleeping moves. */
class HiccupsTest {
  private long now = 1_000;
  private Duration late = Duration.ZERO;
  private boolean interrupted;

  private final Hiccups hiccups = new Hiccups(this::sleep, () -> now);

  @Test void a_sleep_that_ends_in_time_is_no_hiccup() throws InterruptedException {
    sleeps(100, Duration.ZERO);
    assertThat(hiccups.max()).isZero();
    assertThat(hiccups.p99()).isZero();
  }

  @Test void what_counts_is_how_much_longer_than_asked_it_took() throws InterruptedException {
    sleeps(1, Duration.ofMillis(5));
    assertThat(hiccups.max().toNanos()).isCloseTo(5_000_000, within(5_000L));
  }

  @Test void a_pause_weighs_as_much_as_the_time_it_took() throws InterruptedException {
    sleeps(900, Duration.ZERO);
    sleeps(1, Duration.ofMillis(100)); // a tenth of the time, and one sleep among a thousand
    assertThat(hiccups.max()).isGreaterThan(Duration.ofMillis(99));
    assertThat(hiccups.p99()).isBetween(Duration.ofMillis(80), Duration.ofMillis(95));
  }

  @Test void a_pause_that_the_end_of_the_measurement_falls_into_is_counted() {
    late = Duration.ofMillis(300);
    interrupted = true;
    assertThatThrownBy(hiccups::sleepOnce).isInstanceOf(InterruptedException.class);
    assertThat(hiccups.max()).isGreaterThan(Duration.ofMillis(299));
  }

  @Test void an_early_end_of_a_sleep_is_no_hiccup() {
    late = Duration.ofMillis(-1);
    interrupted = true;
    assertThatThrownBy(hiccups::sleepOnce).isInstanceOf(InterruptedException.class);
    assertThat(hiccups.max()).isZero();
  }

  private void sleeps(int times, Duration eachLate) throws InterruptedException {
    late = eachLate;
    for (int i = 0; i < times; i++) {
      hiccups.sleepOnce();
    }
  }

  private void sleep(Duration time) throws InterruptedException {
    now += time.plus(late).toNanos();
    if (interrupted) {
      throw new InterruptedException();
    }
  }
}
