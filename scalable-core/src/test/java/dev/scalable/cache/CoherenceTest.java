package dev.scalable.cache;

import static dev.scalable.cache.CachePair.inBackground;
import static dev.scalable.cache.ItemCaches.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.cache.ItemCaches.Item;
import dev.scalable.http.Lookup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two instances with one Redis, and a map for the database: what each may serve, whatever happens in between. {@link
 * FailingRedisTest} says what, if Redis itself fails.
 */
class CoherenceTest {

  private final ItemCaches items;
  private final CacheInstance one;
  private final CacheInstance two;
  private final TwoTierCache<Long, Item> first;
  private final TwoTierCache<Long, Item> second;

  CoherenceTest() throws Exception {
    items = new ItemCaches();
    one = items.one;
    two = items.two;
    first = items.first;
    second = items.second;
  }

  @AfterEach
  void stop() throws Exception {
    items.close();
  }

  @Test
  void a_value_is_loaded_once_then_found_far_then_near() {
    assertThat(first.peek(1L)).isNull();
    assertThat(first.get(1L)).isEqualTo(item("old"));
    assertThat(first.get(1L)).isEqualTo(item("old"));
    assertThat(second.get(1L)).isEqualTo(item("old"));
    assertThat(second.get(1L)).isEqualTo(item("old"));
    assertThat(first.peek(1L)).isNotNull();
    assertThat(items.loads).hasValue(1);
    // Redis takes the value after its caller has it.
    await().untilAsserted(() -> assertThat(counted(first)).isEqualTo("2 near, 0 far, 1 loads, 1 stored, 1 kept"));
    assertThat(counted(second)).isEqualTo("1 near, 1 far, 0 loads, 0 stored, 1 kept");
  }

  private static String counted(TwoTierCache<?, ?> cache) {
    CacheStats stats = cache.stats();
    assertThat(List.of(stats.fenced(), stats.bypassed(), stats.stale(), stats.refreshed(), stats.timeouts(),
        stats.refused(), stats.unreadable(), stats.unstored(), stats.failed())).containsOnly(0L);
    assertThat(stats.loaded()).isEqualTo(stats.loads());
    assertThat(stats.audits()).as("off unless asked for").isEqualTo(new CacheStats.Audits(0, 0, 0));
    return stats.nearHits() + " near, " + stats.farHits() + " far, " + stats.loads() + " loads, " + stats.stored()
        + " stored, " + stats.nearSize() + " kept";
  }

  @Test
  void that_there_is_no_value_is_remembered_too() {
    assertThat(first.get(7L)).isNull();
    assertThat(first.get(7L)).isNull();
    assertThat(second.get(7L)).isNull();
    Lookup.Found<Item> known = first.peek(7L);
    assertThat(known != null && known.value() == null).isTrue();
    assertThat(items.loads).hasValue(1);
    items.source.put(7L, new Item(7, "new"));
    second.invalidate(7L);
    await().untilAsserted(() -> assertThat(first.get(7L)).isEqualTo(new Item(7, "new")));
  }

  @Test
  void an_invalidation_is_seen_at_once_here_and_soon_there() {
    first.get(1L);
    second.get(1L);
    items.source.put(1L, item("new"));
    first.invalidate(1L);
    assertThat(first.get(1L)).isEqualTo(item("new"));
    await().untilAsserted(() -> assertThat(second.peek(1L)).isNull());
    assertThat(second.get(1L)).isEqualTo(item("new"));
    assertThat(items.loads).hasValue(2);
  }

  @Test
  void a_value_that_redis_does_not_take_stays_in_no_heap_even_if_nobody_has_invalidated_it() {
    TwoTierCache<Long, Item> cache = one.caches().named("lapsing", Long.class, Item.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(id -> {
          // As when it has lapsed, or was evicted: nobody can tell any more what has happened to the key.
          items.redis.del(items.key("l:lapsing:" + id));
          return items.load(id);
        });
    assertThat(cache.get(1L)).isEqualTo(item("old"));
    await().until(() -> cache.stats().fenced() == 1);
    await().until(() -> cache.peek(1L) == null);
    assertThat(items.redis.exists(items.key("v:lapsing:1"))).isFalse();
  }

  /** Case 1 of the twenty. */
  @Test
  void a_value_that_was_loaded_before_an_invalidation_is_kept_nowhere() throws Exception {
    CountDownLatch loaded = new CountDownLatch(1);
    CountDownLatch resume = new CountDownLatch(1);
    TwoTierCache<Long, Item> paused = one.caches().named("paused", Long.class, Item.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(id -> {
          Item value = items.load(id);
          loaded.countDown();
          resume.await();
          return value;
        });
    TwoTierCache<Long, Item> other = two.caches().named("paused", Long.class, Item.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(items::load);
    FutureTask<Item> reader = inBackground(() -> paused.get(1L));
    loaded.await();
    items.source.put(1L, item("new"));
    other.invalidate(1L);
    FutureTask<Item> joined = inBackground(() -> other.get(1L));
    assertThat(joined.get()).as("asked after the invalidation").isEqualTo(item("new"));
    resume.countDown();
    assertThat(reader.get()).as("asked before the invalidation").isEqualTo(item("old"));
    assertThat(paused.peek(1L)).isNull();
    assertThat(paused.get(1L)).isEqualTo(item("new"));
    assertThat(other.get(1L)).isEqualTo(item("new"));
    await().untilAsserted(() -> assertThat(paused.stats().fenced()).isEqualTo(1));
    assertThat(items.loads).as("what the other had loaded survives").hasValue(2);
  }

  /** Case 2 of the twenty. */
  @Test
  void a_value_whose_lease_has_lapsed_does_not_replace_what_another_has_loaded_meanwhile() throws Exception {
    CountDownLatch loaded = new CountDownLatch(1);
    CountDownLatch resume = new CountDownLatch(1);
    TwoTierCache<Long, Item> paused = one.caches().named("lapsed", Long.class, Item.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(id -> {
          Item value = items.load(id);
          loaded.countDown();
          resume.await();
          return value;
        });
    TwoTierCache<Long, Item> other = two.caches().named("lapsed", Long.class, Item.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(items::load);
    FutureTask<Item> reader = inBackground(() -> paused.get(1L));
    loaded.await();
    items.source.put(1L, item("new"));
    other.invalidate(1L);
    items.redis.del(items.key("l:lapsed:1"));
    assertThat(other.get(1L)).isEqualTo(item("new"));
    await().until(() -> other.stats().stored() == 1);
    resume.countDown();
    assertThat(reader.get()).isEqualTo(item("old"));
    await().until(() -> paused.stats().fenced() == 1);
    assertThat(paused.get(1L)).isEqualTo(item("new"));
    assertThat(items.loads).hasValue(2);
  }

  /** Case 4 of the twenty. */
  @Test
  void no_read_is_behind_an_invalidation_that_has_returned_on_its_instance_whoever_reads_meanwhile() throws Exception {
    AtomicInteger version = new AtomicInteger();
    AtomicInteger floor = new AtomicInteger();
    TwoTierCache<Long, Integer> mine = one.caches().named("version", Long.class, Integer.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(id -> version.get());
    TwoTierCache<Long, Integer> other = two.caches().named("version", Long.class, Integer.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(id -> version.get());
    List<FutureTask<Integer>> readers = new ArrayList<>();
    for (TwoTierCache<Long, Integer> cache : List.of(mine, mine, other)) {
      readers.add(inBackground(() -> {
        int behind = 0;
        while (floor.get() < 300) {
          int least = floor.get();
          Integer read = cache.get(1L);
          behind += cache.equals(mine) && (read == null || read < least) ? 1 : 0;
        }
        return behind;
      }));
    }
    for (int i = 1; i <= 300; i++) {
      version.set(i);
      mine.invalidate(1L);
      floor.set(i);
    }
    for (FutureTask<Integer> reader : readers) {
      assertThat(reader.get()).isZero();
    }
    await().untilAsserted(() -> assertThat(other.get(1L)).isEqualTo(300));
  }

  /** Case 3 of the twenty. */
  @Test
  void a_value_that_redis_gave_before_an_invalidation_is_not_kept_near() throws Exception {
    second.get(1L);
    items.pauseRedis();
    FutureTask<Item> reader = inBackground(() -> first.get(1L));
    try {
      await().until(() -> ((LeasedCache<Long, Item>) first).nearSize() == 1);
      // What the entry of an invalidation elsewhere does here, while the reply to the reader's GET is on its way.
      ((LeasedCache<Long, Item>) first).invalidated("1");
    } finally {
      items.resumeRedis();
    }
    assertThat(reader.get()).isEqualTo(item("old"));
    assertThat(first.peek(1L)).isNull();
  }

  /** Case 5 of the twenty. */
  @Test
  void who_asks_after_an_invalidation_does_not_join_a_load_from_before_it() throws Exception {
    CountDownLatch loaded = new CountDownLatch(1);
    CountDownLatch resume = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    TwoTierCache<Long, Item> cache = one.caches().named("joined", Long.class, Item.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(id -> {
          Item value = items.source.get(id);
          if (calls.getAndIncrement() == 0) {
            loaded.countDown();
            resume.await();
          }
          return value;
        });
    FutureTask<Item> before = inBackground(() -> cache.get(1L));
    loaded.await();
    items.source.put(1L, item("new"));
    cache.invalidate(1L);
    assertThat(cache.get(1L)).isEqualTo(item("new"));
    resume.countDown();
    assertThat(before.get()).isEqualTo(item("old"));
    assertThat(cache.get(1L)).isEqualTo(item("new"));
    assertThat(calls).hasValue(2);
  }

  @Test
  void a_cold_key_is_loaded_once_for_a_hundred_callers_on_two_instances() throws Exception {
    List<FutureTask<Item>> callers = new ArrayList<>();
    CountDownLatch go = new CountDownLatch(1);
    for (int i = 0; i < 100; i++) {
      TwoTierCache<Long, Item> cache = i % 2 == 0 ? first : second;
      callers.add(inBackground(() -> {
        go.await();
        return cache.get(1L);
      }));
    }
    go.countDown();
    for (FutureTask<Item> caller : callers) {
      assertThat(caller.get()).isEqualTo(item("old"));
    }
    assertThat(items.loads).hasValue(1);
  }

  @Test
  void a_loader_that_fails_caches_nothing_and_keeps_nobody_waiting() {
    TwoTierCache<Long, Item> failing = one.caches().named("failing", Long.class, Item.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(id -> {
          if (items.loads.incrementAndGet() == 1) {
            throw new IOException("not now");
          }
          return items.source.get(id);
        });
    assertThatThrownBy(() -> failing.get(1L)).hasRootCauseMessage("not now");
    long began = System.nanoTime();
    assertThat(failing.get(1L)).isEqualTo(item("old"));
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(800));
  }

  private record Unwritable(String name) {
    @Override
    @SuppressWarnings("UnusedMethod") // the codec calls it
    public String name() {
      throw new IllegalStateException("cannot be written");
    }
  }

  @Test
  void a_value_that_cannot_be_written_keeps_nobody_waiting() {
    TwoTierCache<Long, Unwritable> cache = one.caches().named("unwritable", Long.class, Unwritable.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(id -> new Unwritable("x"));
    assertThatThrownBy(() -> cache.get(1L)).isInstanceOf(IllegalArgumentException.class);
    long began = System.nanoTime();
    assertThatThrownBy(() -> cache.get(1L)).isInstanceOf(IllegalArgumentException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(800));
  }

  @Test
  void what_another_version_of_the_service_has_stored_is_a_miss_and_overwritten() {
    record Other(long id, String name, int more) {}
    TwoTierCache<Long, Other> other = two.caches().named("shape", Long.class, Other.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(id -> new Other(id, "other", 1));
    TwoTierCache<Long, Item> mine = one.caches().named("shape", Long.class, Item.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(items::load);
    assertThat(other.get(1L)).isEqualTo(new Other(1, "other", 1));
    assertThat(mine.get(1L)).isEqualTo(item("old"));
    await().untilAsserted(() -> assertThat(mine.stats().stored()).isEqualTo(1));
  }

  @Test
  void a_transaction_invalidates_when_it_has_committed_and_not_when_it_has_rolled_back() {
    first.get(1L);
    second.get(1L);
    assertThatThrownBy(() -> one.db().write(tx -> {
      first.invalidate(tx, 1L);
      throw new IllegalStateException("no");
    })).isInstanceOf(IllegalStateException.class);
    assertThat(first.peek(1L)).as("still warm").isNotNull();
    assertThat(items.redis.xlen(items.key("inv"))).isZero();
    one.db().write(tx -> {
      items.source.put(1L, item("new"));
      first.invalidate(tx, 1L);
      assertThat(first.peek(1L)).as("until the end of the transaction").isNotNull();
      return 0;
    });
    assertThat(first.get(1L)).isEqualTo(item("new"));
    await().untilAsserted(() -> assertThat(second.get(1L)).isEqualTo(item("new")));
  }

  @Test
  void a_second_cache_of_a_name_and_a_key_of_an_unknown_type_are_refused() {
    assertThatThrownBy(() -> one.caches().named("item", Long.class, Item.class)).hasMessageContaining("already");
    assertThatThrownBy(() -> one.caches().named("x", Object.class, Item.class))
        .hasMessageContaining("java.lang.Object");
    assertThatThrownBy(() -> one.caches().named("y", Long.class, Item.class).build(items::load))
        .hasMessageContaining("expireAfterWrite");
  }

  /** In Redis, the key "name:7" of the cache "item" would be the key "7" of "item:name", and both are texts. */
  @Test
  void a_name_with_which_a_key_of_one_cache_could_be_a_key_of_another_is_refused() {
    FarNames names = new FarNames("app");
    assertThat(names.value("item", "name:7")).isEqualTo(names.value("item:name", "7"));
    assertThatThrownBy(() -> one.caches().named("item:name", String.class, Item.class))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("item:name").hasMessageContaining("digits");
    assertThatThrownBy(() -> one.caches().named("", String.class, Item.class))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_text_with_half_a_surrogate_pair_is_no_key_since_in_redis_it_would_be_another() {
    TwoTierCache<String, String> cache = one.caches().named("half", String.class, String.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(key -> key);
    for (String half : List.of("a\ud83d", "a\ude00b", "\ud83d\ud83d")) {
      assertThatThrownBy(() -> cache.get(half)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> cache.invalidate(half)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(List.of(cache.get("a?"), cache.get("a\ud83d\ude00"))).containsExactly("a?", "a\ud83d\ude00");
  }
}
