package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The heap of an instance. What it relies on in Caffeine is in {@link CaffeineContractTest}. */
class NearTierTest {

  private static final Duration LONG = Duration.ofHours(1);

  private final Validity validity = new Validity(new Host());
  private final List<NearTier.Flight<String>> aged = new ArrayList<>();
  private final NearTier<String, String> near = new NearTier<>(100, LONG, validity, (key, flight) -> aged.add(flight));

  NearTierTest() {
    prove();
  }

  private void prove() {
    validity.extend(System.nanoTime() + LONG.toNanos());
  }

  private NearTier.Flight<String> flight() {
    return new NearTier.Flight<>(validity.losses());
  }

  private static NearTier.Entry<String> entry(NearTier.Flight<String> flight, String value) {
    long end = System.nanoTime() + LONG.toNanos();
    return new NearTier.Entry<>(value, flight.losses(), end, end);
  }

  private NearTier.Flight<String> boarded() {
    NearTier.Flight<String> flight = flight();
    assertThat(near.board("key", flight)).isSameAs(flight);
    return flight;
  }

  private @Nullable String served() {
    NearTier.Entry<String> entry = near.current("key");
    return entry == null ? null : entry.value();
  }

  @Test
  void a_place_is_taken_before_there_is_a_value_and_whoever_comes_then_joins() {
    NearTier.Flight<String> first = boarded();
    assertThat(near.current("key")).as("nothing to serve yet").isNull();
    assertThat(near.board("key", flight())).isSameAs(first);
    first.complete(entry(first, "value"));
    assertThat(served()).isEqualTo("value");
  }

  @Test
  void a_flight_that_was_invalidated_lands_nowhere() {
    NearTier.Flight<String> flight = boarded();
    near.remove("key");
    flight.complete(entry(flight, "old"));
    assertThat(near.current("key")).isNull();
    assertThat(near.size()).isZero();
    NearTier.Flight<String> next = flight();
    assertThat(near.board("key", next)).isSameAs(next);
  }

  @Test
  void a_flight_gives_up_its_own_place_and_nobody_elses() {
    NearTier.Flight<String> first = boarded();
    near.remove("key");
    NearTier.Flight<String> second = boarded();
    near.remove("key", first);
    assertThat(near.board("key", flight())).isSameAs(second);
    near.remove("key", second);
    assertThat(near.size()).isZero();
  }

  @Test
  void a_flight_that_failed_is_not_joined() {
    NearTier.Flight<String> failed = boarded();
    failed.completeExceptionally(new IllegalStateException("no"));
    assertThat(near.current("key")).isNull();
    assertThat(boarded()).isNotDone();
  }

  @Test
  void what_was_begun_before_the_proof_was_lost_is_neither_served_nor_joined() {
    NearTier.Flight<String> begun = boarded();
    NearTier.Flight<String> landed = flight();
    assertThat(near.board("other", landed)).isSameAs(landed);
    landed.complete(entry(landed, "old"));
    validity.lose();
    assertThat(near.current("other")).as("without proof").isNull();
    prove();
    assertThat(near.current("other")).as("of an earlier generation").isNull();
    NearTier.Flight<String> next = boarded();
    begun.complete(entry(begun, "old"));
    assertThat(near.current("key")).isNull();
    next.complete(entry(next, "new"));
    assertThat(served()).isEqualTo("new");
  }

  @Test
  void a_value_whose_time_is_over_is_not_served_and_its_place_is_taken_over() {
    NearTier.Flight<String> flight = boarded();
    long over = System.nanoTime();
    flight.complete(new NearTier.Entry<>("old", flight.losses(), over, over));
    assertThat(near.current("key")).isNull();
    assertThat(boarded()).isNotDone();
  }

  @Test
  void a_value_that_has_aged_is_served_and_told_of_once_where_redis_knows_it() {
    NearTier.Flight<String> flight = boarded();
    long now = System.nanoTime();
    flight.complete(new NearTier.Entry<>("value", flight.losses(), now + LONG.toNanos(), now));
    assertThat(served()).isEqualTo("value");
    assertThat(aged).as("until when it is fresh in Redis is not known").isEmpty();
    flight.farUntil(1);
    assertThat(served()).isEqualTo("value");
    assertThat(served()).isEqualTo("value");
    assertThat(aged).containsExactly(flight);
  }

  @Test
  void a_refresh_takes_the_place_of_the_very_flight_that_it_was_begun_for() {
    NearTier.Flight<String> old = boarded();
    old.complete(entry(old, "old"));
    NearTier.Flight<String> refresh = new NearTier.Flight<>(old);
    refresh.complete(entry(refresh, "new"));
    near.replace("key", old, refresh);
    assertThat(served()).isEqualTo("new");
    NearTier.Flight<String> late = new NearTier.Flight<>(refresh);
    late.complete(entry(late, "late"));
    near.remove("key");
    near.replace("key", refresh, late);
    assertThat(near.current("key")).as("after an invalidation").isNull();
  }

  @Test
  void nothing_is_served_without_proof() {
    Validity unproven = new Validity(new Host());
    NearTier<String, String> silent = new NearTier<>(100, LONG, unproven, (key, aging) -> { });
    NearTier.Flight<String> flight = new NearTier.Flight<>(unproven.losses());
    assertThat(silent.board("key", flight)).isSameAs(flight);
    flight.complete(entry(flight, "value"));
    assertThat(silent.current("key")).isNull();
    unproven.extend(System.nanoTime() + LONG.toNanos());
    assertThat(silent.current("key")).isNotNull();
  }

  @Test
  void a_pending_flight_that_is_evicted_for_its_size_lands_nowhere() {
    NearTier<String, String> none = new NearTier<>(0, LONG, validity, (key, aging) -> { });
    NearTier.Flight<String> flight = flight();
    assertThat(none.board("key", flight)).isSameAs(flight);
    await().until(() -> none.size() == 0);
    flight.complete(entry(flight, "value"));
    assertThat(none.current("key")).isNull();
    NearTier.Flight<String> next = flight();
    assertThat(none.board("key", next)).isSameAs(next);
    assertThat(flight).as("those who wait for it").isCompleted();
  }

  @Test
  void a_pending_flight_whose_place_expires_lands_nowhere() {
    NearTier<String, String> brief = new NearTier<>(100, Duration.ofNanos(1), validity, (key, aging) -> { });
    NearTier.Flight<String> flight = flight();
    assertThat(brief.board("key", flight)).isSameAs(flight);
    // Its clock moves with the proof.
    validity.extend(validity.until() + Duration.ofSeconds(2).toNanos());
    NearTier.Flight<String> next = flight();
    await().until(() -> brief.board("key", next) == next);
    flight.complete(entry(flight, "value"));
    assertThat(brief.current("key")).isNull();
  }
}
