package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import dev.scalable.http.Lookup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** Two instances with one Redis, and a map for the database: what each may serve, whatever happens in between. */
class CoherenceTest {

  private record Item(long id, String name) {}

  /** The validity bound of these tests; the library's own is 2 s. */
  private static final Duration BOUND = Duration.ofMillis(600);

  private final String namespace = "test-" + UUID.randomUUID();
  private final Map<Long, Item> source = new ConcurrentHashMap<>();
  private final AtomicInteger loads = new AtomicInteger();
  private final RedisClient redis = RedisClient.create(TestStack.redis().uri());

  private final CacheInstance one;
  private final CacheInstance two;
  private final TwoTierCache<Long, Item> first;
  private final TwoTierCache<Long, Item> second;

  CoherenceTest() throws Exception {
    one = CacheInstance.begin(environment());
    two = CacheInstance.begin(environment());
    one.awaitProven();
    two.awaitProven();
    first = cache(one, this::load);
    second = cache(two, this::load);
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("SCALABLE_REDIS_URL", TestStack.redis().uri().toString());
    environment.put("SCALABLE_REDIS_TIMEOUT", "300ms");
    environment.put("SCALABLE_DB_URL", TestStack.postgres().jdbcUrl());
    environment.put("SCALABLE_DB_USER", TestStack.postgres().user());
    environment.put("SCALABLE_DB_PASSWORD", TestStack.postgres().password());
    environment.put("SCALABLE_DB_POOL_SIZE", "2");
    environment.put("SCALABLE_CACHE_NAMESPACE", namespace);
    environment.put("SCALABLE_CACHE_NEAR_VALIDITY", BOUND.toMillis() + "ms");
    environment.put("SCALABLE_CACHE_LOAD_TIMEOUT", "1s");
    return environment;
  }

  private static TwoTierCache<Long, Item> cache(CacheInstance instance, CacheLoader<Long, Item> loader) {
    return instance.caches().named("item", Long.class, Item.class).expireAfterWrite(Duration.ofMinutes(1)).build(loader);
  }

  private @Nullable Item load(Long id) {
    loads.incrementAndGet();
    return source.get(id);
  }

  private static Item item(String name) {
    return new Item(1, name);
  }

  private static <T> FutureTask<T> inBackground(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofVirtual().start(task);
    return task;
  }

  @BeforeEach
  void a_row() {
    source.put(1L, item("old"));
  }

  @AfterEach
  void stop() throws Exception {
    one.close();
    two.close();
    redis.close();
    assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName).doesNotContain("invalidation-log");
  }

  @Test
  void a_value_is_loaded_once_then_found_far_then_near() {
    assertThat(first.peek(1L)).isNull();
    assertThat(first.get(1L)).isEqualTo(item("old"));
    assertThat(first.get(1L)).isEqualTo(item("old"));
    assertThat(second.get(1L)).isEqualTo(item("old"));
    assertThat(second.get(1L)).isEqualTo(item("old"));
    assertThat(first.peek(1L)).isNotNull();
    assertThat(loads).hasValue(1);
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
    assertThat(loads).hasValue(1);
    source.put(7L, new Item(7, "new"));
    second.invalidate(7L);
    await().untilAsserted(() -> assertThat(first.get(7L)).isEqualTo(new Item(7, "new")));
  }

  @Test
  void an_invalidation_is_seen_at_once_here_and_soon_there() {
    first.get(1L);
    second.get(1L);
    source.put(1L, item("new"));
    first.invalidate(1L);
    assertThat(first.get(1L)).isEqualTo(item("new"));
    await().untilAsserted(() -> assertThat(second.peek(1L)).isNull());
    assertThat(second.get(1L)).isEqualTo(item("new"));
    assertThat(loads).hasValue(2);
  }

  @Test
  void a_value_that_redis_does_not_take_stays_in_no_heap_even_if_nobody_has_invalidated_it() {
    TwoTierCache<Long, Item> cache = one.caches().named("lapsing", Long.class, Item.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(id -> {
          // As when it has lapsed, or was evicted: nobody can tell any more what has happened to the key.
          redis.del("{" + namespace + "}l:lapsing:" + id);
          return load(id);
        });
    assertThat(cache.get(1L)).isEqualTo(item("old"));
    await().until(() -> cache.stats().fenced() == 1);
    await().until(() -> cache.peek(1L) == null);
    assertThat(redis.exists("{" + namespace + "}v:lapsing:1")).isFalse();
  }

  /** Case 1 of the twenty. */
  @Test
  void a_value_that_was_loaded_before_an_invalidation_is_kept_nowhere() throws Exception {
    CountDownLatch loaded = new CountDownLatch(1);
    CountDownLatch resume = new CountDownLatch(1);
    TwoTierCache<Long, Item> paused = one.caches().named("paused", Long.class, Item.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(id -> {
          Item value = load(id);
          loaded.countDown();
          resume.await();
          return value;
        });
    TwoTierCache<Long, Item> other = two.caches().named("paused", Long.class, Item.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(this::load);
    FutureTask<Item> reader = inBackground(() -> paused.get(1L));
    loaded.await();
    source.put(1L, item("new"));
    other.invalidate(1L);
    FutureTask<Item> joined = inBackground(() -> other.get(1L));
    assertThat(joined.get()).as("asked after the invalidation").isEqualTo(item("new"));
    resume.countDown();
    assertThat(reader.get()).as("asked before the invalidation").isEqualTo(item("old"));
    assertThat(paused.peek(1L)).isNull();
    assertThat(paused.get(1L)).isEqualTo(item("new"));
    assertThat(other.get(1L)).isEqualTo(item("new"));
    await().untilAsserted(() -> assertThat(paused.stats().fenced()).isEqualTo(1));
    assertThat(loads).as("what the other had loaded survives").hasValue(2);
  }

  /** Case 2 of the twenty. */
  @Test
  void a_value_whose_lease_has_lapsed_does_not_replace_what_another_has_loaded_meanwhile() throws Exception {
    CountDownLatch loaded = new CountDownLatch(1);
    CountDownLatch resume = new CountDownLatch(1);
    TwoTierCache<Long, Item> paused = one.caches().named("lapsed", Long.class, Item.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(id -> {
          Item value = load(id);
          loaded.countDown();
          resume.await();
          return value;
        });
    TwoTierCache<Long, Item> other = two.caches().named("lapsed", Long.class, Item.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(this::load);
    FutureTask<Item> reader = inBackground(() -> paused.get(1L));
    loaded.await();
    source.put(1L, item("new"));
    other.invalidate(1L);
    redis.del(in("l:lapsed:1"));
    assertThat(other.get(1L)).isEqualTo(item("new"));
    await().until(() -> other.stats().stored() == 1);
    resume.countDown();
    assertThat(reader.get()).isEqualTo(item("old"));
    await().until(() -> paused.stats().fenced() == 1);
    assertThat(paused.get(1L)).isEqualTo(item("new"));
    assertThat(loads).hasValue(2);
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
    String pid = serverPid();
    signal("STOP", pid);
    FutureTask<Item> reader = inBackground(() -> first.get(1L));
    try {
      await().until(() -> ((LeasedCache<Long, Item>) first).nearSize() == 1);
      // What the entry of an invalidation elsewhere does here, while the reply to the reader's GET is on its way.
      ((LeasedCache<Long, Item>) first).invalidated("1");
    } finally {
      signal("CONT", pid);
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
          Item value = source.get(id);
          if (calls.getAndIncrement() == 0) {
            loaded.countDown();
            resume.await();
          }
          return value;
        });
    FutureTask<Item> before = inBackground(() -> cache.get(1L));
    loaded.await();
    source.put(1L, item("new"));
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
    assertThat(loads).hasValue(1);
  }

  @Test
  void a_loader_that_fails_caches_nothing_and_keeps_nobody_waiting() {
    TwoTierCache<Long, Item> failing = one.caches().named("failing", Long.class, Item.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(id -> {
          if (loads.incrementAndGet() == 1) {
            throw new IOException("not now");
          }
          return source.get(id);
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
        .expireAfterWrite(Duration.ofMinutes(1)).build(this::load);
    assertThat(other.get(1L)).isEqualTo(new Other(1, "other", 1));
    assertThat(mine.get(1L)).isEqualTo(item("old"));
    await().untilAsserted(() -> assertThat(mine.stats().stored()).isEqualTo(1));
  }

  @Test
  void an_invalidation_that_the_log_has_lost_empties_the_heap_within_the_bound() throws Exception {
    first.get(1L);
    second.get(1L);
    int generation = two.generation();
    source.put(1L, item("new"));
    // What an INVALIDATE does, but for the entry, which is deleted before anyone can read it.
    redis.eval("""
        redis.call('DEL',KEYS[1],KEYS[2])
        local id=redis.call('XADD',KEYS[3],'*','p',redis.call('GET',KEYS[4]),'c','item','k','')
        redis.call('SET',KEYS[4],id); redis.call('XDEL',KEYS[3],id)
        return id""", List.of(in("v:item:1"), in("l:item:1"), in("inv"), in("last")), List.of());
    await().atMost(BOUND.plusSeconds(2)).untilAsserted(() -> assertThat(second.get(1L)).isEqualTo(item("new")));
    await().until(() -> two.generation() > generation);
  }

  private String in(String key) {
    return "{" + namespace + "}" + key;
  }

  @Test
  void a_log_whose_chain_is_broken_empties_the_heap() {
    first.get(1L);
    int generation = one.generation();
    source.put(1L, item("new"));
    // The right to fill it goes as well, as in an INVALIDATE: Redis may not yet have what its caller has.
    redis.eval("""
        redis.call('DEL',KEYS[1],KEYS[2])
        local id=redis.call('XADD',KEYS[3],'*','p','1-1','c','other','k','')
        redis.call('SET',KEYS[4],id)
        return id""", List.of(in("v:item:1"), in("l:item:1"), in("inv"), in("last")), List.of());
    await().until(() -> one.generation() > generation);
    assertThat(first.get(1L)).isEqualTo(item("new"));
  }

  @Test
  void a_log_that_goes_past_its_head_without_it_proves_nothing() {
    int generation = one.generation();
    // As a reader sees it whose link has stayed with an old primary while the head is that of the new one: unbroken entries, but
    // the head is none of them.
    await().pollInterval(Duration.ofMillis(20)).until(() -> {
      redis.eval("""
          local newest=redis.call('XREVRANGE',KEYS[1],'+','-','COUNT',1)
          local p=newest[1] and newest[1][1] or '0-0'
          local n=tonumber(string.sub(p,1,string.find(p,'-')-1))+2
          redis.call('XADD',KEYS[1],n..'-0','p',p,'c','other','k','')
          redis.call('SET',KEYS[2],n+1 ..'-0')""", List.of(in("inv"), in("last")), List.of());
      return one.generation() > generation;
    });
  }

  @Test
  void a_redis_that_has_forgotten_everything_empties_the_heap_and_is_filled_again() {
    first.get(1L);
    second.get(1L);
    source.put(1L, item("new"));
    redis.flushAll();
    await().atMost(BOUND.plusSeconds(2)).untilAsserted(() -> {
      assertThat(first.get(1L)).isEqualTo(item("new"));
      assertThat(second.get(1L)).isEqualTo(item("new"));
    });
    one.awaitProven();
    two.awaitProven();
    source.put(1L, item("newer"));
    first.invalidate(1L);
    await().untilAsserted(() -> assertThat(second.get(1L)).isEqualTo(item("newer")));
  }

  @Test
  void without_redis_the_heap_falls_silent_within_the_bound_and_a_write_is_seen_at_once_by_its_writer() throws Exception {
    first.get(1L);
    second.get(1L);
    String pid = serverPid();
    signal("STOP", pid);
    try {
      source.put(1L, item("new"));
      first.invalidate(1L);
      assertThat(one.pending("item", "1")).isTrue();
      assertThat(first.get(1L)).as("by its writer").isEqualTo(item("new"));
      await().atMost(BOUND.plusMillis(600)).untilAsserted(() -> assertThat(second.peek(1L)).isNull());
      assertThat(second.get(1L)).as("from the source").isEqualTo(item("new"));
      assertThat(second.stats().bypassed()).isPositive();
    } finally {
      signal("CONT", pid);
    }
    await().until(() -> !one.pending("item", "1"));
    one.awaitProven();
    two.awaitProven();
    assertThat(second.get(1L)).isEqualTo(item("new"));
    assertThat(first.get(1L)).isEqualTo(item("new"));
    source.put(1L, item("newer"));
    second.invalidate(1L);
    await().untilAsserted(() -> assertThat(first.get(1L)).isEqualTo(item("newer")));
  }

  @Test
  void a_redis_that_answers_reads_and_refuses_writes_does_not_hide_a_write_from_its_writer() {
    first.get(1L);
    await().until(() -> first.stats().stored() == 1);
    redis.configSet("min-replicas-to-write", "1");
    try {
      source.put(1L, item("new"));
      first.invalidate(1L);
      assertThat(one.pending("item", "1")).isTrue();
      assertThat(first.get(1L)).as("although Redis still has the old value").isEqualTo(item("new"));
      assertThat(first.getAll(List.of(1L, 2L))).as("with others").containsEntry(1L, item("new"));
      assertThat(first.peek(1L)).isNull();
    } finally {
      redis.configSet("min-replicas-to-write", "0");
    }
    await().until(() -> !one.pending("item", "1"));
    assertThat(second.get(1L)).isEqualTo(item("new"));
  }

  @Test
  void an_instance_that_is_stopped_first_hands_over_what_redis_did_not_take() throws Exception {
    first.get(1L);
    assertThat(second.get(1L)).isEqualTo(item("old"));
    redis.configSet("min-replicas-to-write", "1");
    Thread stop;
    try {
      source.put(1L, item("new"));
      first.invalidate(1L);
      assertThat(one.pending("item", "1")).isTrue();
      stop = Thread.ofPlatform().start(one::stopLog);
      await().until(() -> !one.reading());
    } finally {
      redis.configSet("min-replicas-to-write", "0");
    }
    stop.join();
    await().untilAsserted(() -> assertThat(second.get(1L)).isEqualTo(item("new")));
  }

  private String serverPid() {
    return redis.info("server").lines().filter(line -> line.startsWith("process_id:")).findFirst().orElseThrow()
        .substring("process_id:".length()).strip();
  }

  private static void signal(String name, String pid) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
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
    assertThat(redis.xlen(in("inv"))).isZero();
    one.db().write(tx -> {
      source.put(1L, item("new"));
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
    assertThatThrownBy(() -> one.caches().named("x", Object.class, Item.class)).hasMessageContaining("java.lang.Object");
    assertThatThrownBy(() -> one.caches().named("y", Long.class, Item.class).build(this::load))
        .hasMessageContaining("expireAfterWrite");
  }
}
