package dev.scalable.cache;

import static dev.scalable.cache.CachePair.inBackground;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What has expired, or is about to: served while there is no better, refreshed in time, and gone once it was
 * invalidated.
 */
class StaleValuesTest {

  private final CachePair pair = CachePair.start("SCALABLE_CACHE_LOAD_TIMEOUT", "2s");
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicReference<@Nullable String> source = new AtomicReference<>("old");
  private volatile boolean broken;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  StaleValuesTest() throws Exception {}

  @AfterEach
  void stop() throws Exception {
    gate.countDown();
    pair.close();
  }

  private CacheBuilder<Long, String> builder(CacheInstance instance) {
    return instance.caches().named("item", Long.class, String.class).expireAfterWrite(Duration.ofMinutes(1));
  }

  private CacheBuilder<Long, String> keeping(CacheInstance instance) {
    return builder(instance).staleIfError(Duration.ofHours(1));
  }

  private @Nullable String load(Long id) throws IOException, InterruptedException {
    calls.incrementAndGet();
    String found = source.get();
    gate.await();
    if (broken) {
      throw new IOException("the source is away");
    }
    return found;
  }

  private static boolean isStored(TwoTierCache<Long, String> cache, long times) {
    return cache.stats().stored() == times;
  }

  /** Case 19 of the twenty: a source that fails. */
  @Test
  void an_expired_value_is_served_instead_of_a_failure_and_the_source_is_left_alone_for_a_moment() {
    TwoTierCache<Long, String> cache = keeping(pair.one).build(this::load);
    TwoTierCache<Long, String> other = keeping(pair.two).build(this::load);
    assertThat(cache.get(1L)).isEqualTo("old");
    await().until(() -> isStored(cache, 1));
    pair.expire("item", 1, cache);
    broken = true;
    assertThat(cache.get(1L)).isEqualTo("old");
    // The source rests for a second, in which this is done many times over.
    await().until(() -> pair.leased("item", 1));
    for (int i = 0; i < 10; i++) {
      assertThat(cache.get(1L)).isEqualTo("old");
      assertThat(other.get(1L)).isEqualTo("old");
    }
    assertThat(calls.get()).isLessThanOrEqualTo(1 + 2);
    assertThat(cache.peek(1L)).as("kept in no heap").isNull();
    assertThat(cache.stats().stale()).isEqualTo(11);
    broken = false;
    source.set("new");
    await().untilAsserted(() -> assertThat(cache.get(1L)).isEqualTo("new"));
    assertThat(other.get(1L)).isEqualTo("new");
  }

  /** Case 19 of the twenty: refused for what was invalidated. */
  @Test
  void an_invalidated_value_is_never_served_instead_of_a_failure() {
    TwoTierCache<Long, String> cache = keeping(pair.one).build(this::load);
    TwoTierCache<Long, String> other = keeping(pair.two).build(this::load);
    assertThat(cache.get(1L)).isEqualTo("old");
    await().until(() -> isStored(cache, 1));
    pair.expire("item", 1, cache);
    broken = true;
    assertThat(other.get(1L)).as("while it has only expired").isEqualTo("old");
    cache.invalidate(1L);
    assertThatThrownBy(() -> cache.get(1L)).hasRootCauseMessage("the source is away");
    assertThatThrownBy(() -> other.get(1L)).hasRootCauseMessage("the source is away");
  }

  @Test
  void without_being_told_so_nothing_is_kept_after_it_has_expired() {
    TwoTierCache<Long, String> cache = builder(pair.one).build(this::load);
    assertThat(cache.get(1L)).isEqualTo("old");
    await().until(() -> isStored(cache, 1));
    assertThat(pair.redis.pttl(pair.key("v:item:1"))).isBetween(1L, 60_000L);
    pair.expire("item", 1, cache);
    broken = true;
    assertThatThrownBy(() -> cache.get(1L)).hasRootCauseMessage("the source is away");
  }

  @Test
  void a_caller_waits_no_longer_than_the_soft_timeout_for_what_has_expired_and_the_load_goes_on() throws Exception {
    TwoTierCache<Long, String> cache = keeping(pair.one).softTimeout(Duration.ofMillis(20)).build(this::load);
    TwoTierCache<Long, String> other = keeping(pair.two).softTimeout(Duration.ofMillis(20)).build(this::load);
    assertThat(cache.get(1L)).isEqualTo("old");
    await().until(() -> isStored(cache, 1));
    pair.expire("item", 1, cache);
    source.set("new");
    gate = new CountDownLatch(1);
    assertThat(cache.get(1L)).as("who loads").isEqualTo("old");
    assertThat(cache.get(1L)).as("who joins").isEqualTo("old");
    assertThat(other.get(1L)).as("on another instance").isEqualTo("old");
    gate.countDown();
    await().until(() -> isStored(cache, 2));
    assertThat(cache.get(1L)).isEqualTo("new");
    assertThat(other.get(1L)).isEqualTo("new");
    assertThat(calls).hasValue(2);
    FutureTask<String> cold = inBackground(() -> cache.get(2L));
    assertThat(cold.get()).as("without an expired value it waits for the load").isEqualTo("new");
  }

  @Test
  void a_soft_timeout_needs_to_know_for_how_long_expired_values_are_kept() {
    assertThatThrownBy(() -> builder(pair.one).softTimeout(Duration.ofMillis(20)).build(this::load))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("staleIfError");
  }

  @Test
  void a_loader_is_given_what_has_expired_and_may_say_that_it_is_unchanged() {
    List<String> seen = new CopyOnWriteArrayList<>();
    TwoTierCache<Long, String> cache = keeping(pair.one).build((id, context) -> {
      seen.add(String.valueOf(context.stale()));
      return context.stale() == null ? new Loaded.Value<>("first") : new Loaded.Unchanged<>();
    });
    assertThat(cache.get(1L)).isEqualTo("first");
    await().until(() -> isStored(cache, 1));
    pair.expire("item", 1, cache);
    assertThat(cache.get(1L)).isEqualTo("first");
    await().until(() -> isStored(cache, 2));
    assertThat(seen).containsExactly("null", "first");
    cache.invalidate(1L);
    assertThat(cache.get(1L)).as("what was invalidated is not shown to it").isEqualTo("first");
    assertThat(seen).containsExactly("null", "first", "null");
  }

  @Test
  void a_loader_that_says_unchanged_of_nothing_is_told_so() {
    TwoTierCache<Long, String> cache = keeping(pair.one).build((id, context) -> new Loaded.Unchanged<>());
    assertThatThrownBy(() -> cache.get(1L)).isInstanceOf(IllegalStateException.class).hasMessageContaining("Unchanged");
    await().until(() -> !pair.leased("item", 1));
  }

  @Test
  void a_loader_says_for_how_long_each_value_is_good() {
    TwoTierCache<Long, String> cache = builder(pair.one).build((id, context) -> {
      calls.incrementAndGet();
      return switch (id.intValue()) {
        case 1 -> new Loaded.Value<>("brief", Duration.ofSeconds(20));
        case 2 -> new Loaded.Absent<>(Duration.ofSeconds(10));
        case 3 -> new Loaded.Absent<>();
        default -> new Loaded.Uncached<>("for now");
      };
    });
    assertThat(cache.get(1L)).isEqualTo("brief");
    assertThat(cache.get(2L)).isNull();
    assertThat(cache.get(3L)).isNull();
    assertThat(cache.get(4L)).isEqualTo("for now");
    await().until(() -> isStored(cache, 3));
    assertThat(pair.redis.pttl(pair.key("v:item:1"))).isBetween(1L, 20_000L);
    assertThat(pair.redis.pttl(pair.key("v:item:2"))).isBetween(1L, 10_000L);
    assertThat(pair.redis.pttl(pair.key("v:item:3"))).isBetween(10_001L, 30_000L);
    assertThat(pair.redis.exists(pair.key("v:item:4"))).isFalse();
    await().until(() -> !pair.leased("item", 4));
    assertThat(cache.get(4L)).isEqualTo("for now");
    assertThat(calls).as("the last one each time").hasValue(5);
    assertThatThrownBy(() -> new Loaded.Value<>("x", Duration.ZERO)).hasMessageContaining("Uncached");
  }

  /**
   * Refreshed in the second half of its time; at a moment that is drawn, but with this factor almost always the first.
   * Half of it is longer than a busy machine stands still.
   */
  private CacheBuilder<Long, String> brief(CacheInstance instance) {
    return instance.caches().named("brief", Long.class, String.class).expireAfterWrite(Duration.ofSeconds(6))
        .refreshAhead(100);
  }

  private @Nullable String slowly(Long id) throws IOException, InterruptedException {
    // As long as a slow query: the earlier it is refreshed.
    pair.one.db().read(tx -> tx.handle().execute("select pg_sleep(0.05)"));
    return load(id);
  }

  @Test
  void a_value_that_is_read_is_refreshed_before_it_expires_while_nobody_waits_for_it() {
    TwoTierCache<Long, String> cache = brief(pair.one).build(this::slowly);
    TwoTierCache<Long, String> other = brief(pair.two).build(this::slowly);
    assertThat(cache.get(1L)).isEqualTo("old");
    await().until(() -> isStored(cache, 1));
    assertThat(other.get(1L)).isEqualTo("old");
    source.set("new");
    gate = new CountDownLatch(1);
    await().pollInterval(Duration.ofMillis(10)).until(() -> {
      assertThat(cache.peek(1L)).as("all the time").isNotNull();
      assertThat(other.peek(1L)).isNotNull();
      return calls.get() == 2;
    });
    assertThat(cache.get(1L)).isEqualTo("old");
    long opened = System.nanoTime();
    gate.countDown();
    await().pollInterval(Duration.ofMillis(10)).until(() -> "new".equals(cache.get(1L)) && "new".equals(other.get(1L)));
    // If the other one has asked just when the first was at it, it keeps the old value to its end, and by then the new one may
    // have had its own turn, in the second half of a time that chance makes a little shorter.
    long more = Duration.ofNanos(System.nanoTime() - opened).dividedBy(Duration.ofSeconds(2));
    // The other one may have had its turn, too, and found in Redis what the first had loaded.
    assertThat(cache.stats().refreshed() + other.stats().refreshed()).isBetween(1L, 2 + 2 * more);
    assertThat(calls.longValue()).as("loaded by one of the two").isBetween(2L, 2 + more);
  }

  /** Case 6 of the twenty. */
  @Test
  void a_refresh_that_was_under_way_when_its_key_was_invalidated_brings_nothing_back() throws Exception {
    TwoTierCache<Long, String> cache = builder(pair.one).build(this::load);
    TwoTierCache<Long, String> other = builder(pair.two).build(this::load);
    assertThat(cache.get(1L)).isEqualTo("old");
    await().until(() -> isStored(cache, 1));
    gate = new CountDownLatch(1);
    CountDownLatch begun = gate;
    cache.refresh(1L);
    await().until(() -> calls.get() == 2);
    source.set("new");
    gate = new CountDownLatch(0);
    other.invalidate(1L);
    assertThat(other.get(1L)).isEqualTo("new");
    begun.countDown();
    await().until(() -> cache.stats().fenced() == 1);
    await().untilAsserted(() -> assertThat(cache.get(1L)).isEqualTo("new"));
    assertThat(other.get(1L)).isEqualTo("new");
    assertThat(cache.stats().refreshed()).isZero();
    assertThat(calls).hasValue(3);
  }

  @Test
  void a_refresh_replaces_a_value_in_the_background_and_one_that_fails_leaves_it() {
    TwoTierCache<Long, String> cache = builder(pair.one).build(this::load);
    assertThat(cache.get(1L)).isEqualTo("old");
    await().until(() -> isStored(cache, 1));
    source.set("new");
    cache.refresh(1L);
    await().untilAsserted(() -> assertThat(cache.get(1L)).isEqualTo("new"));
    await().until(() -> isStored(cache, 2));
    assertThat(cache.stats().refreshed()).isEqualTo(1);
    broken = true;
    cache.refresh(1L);
    await().until(() -> calls.get() == 3 && !pair.leased("item", 1));
    assertThat(cache.get(1L)).isEqualTo("new");
    broken = false;
    cache.refresh(2L);
    await().untilAsserted(() -> assertThat(cache.peek(2L)).as("not cached before").isNotNull());
  }
}
