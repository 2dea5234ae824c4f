package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import dev.scalable.cache.Items.Item;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** All keys of a cache invalidated at once, on two instances. */
class ClearTest {

  private static final int LOADS = 1_000;

  private final String namespace = "clear-" + UUID.randomUUID();
  private final Items items = new Items(namespace);
  private final RedisClient redis = RedisClient.create(TestStack.redis().uri());
  private final CacheInstance one;
  private final CacheInstance two;

  ClearTest() throws Exception {
    items.set(1, "old");
    items.set(2, "old");
    one = start();
    two = start();
  }

  private CacheInstance start() throws Exception {
    return CacheInstance.start(CacheInstance.environment(namespace, TestStack.redis().uri(),
        "SCALABLE_CACHE_LOAD_TIMEOUT", "1m",
        // All at once, which is what the test is about.
        "SCALABLE_CACHE_MAX_LOADS", "1000",
        // A thousand ask it at a time.
        "SCALABLE_REDIS_TIMEOUT", "10s"));
  }

  @AfterEach
  void stop() throws Exception {
    one.close();
    two.close();
    redis.close();
  }

  @Test
  void all_values_are_gone_at_once_here_and_soon_there() {
    TwoTierCache<Long, Item> first = Items.cache(one);
    TwoTierCache<Long, Item> second = Items.cache(two);
    for (long id = 1; id <= 2; id++) {
      assertThat(Items.name(first, id)).isEqualTo("old");
      assertThat(Items.name(second, id)).isEqualTo("old");
      items.set(id, "new");
    }
    first.invalidateAll();
    assertThat(first.peek(1L)).isNull();
    assertThat(Items.name(first, 1)).isEqualTo("new");
    await().untilAsserted(() -> assertThat(second.peek(2L)).isNull());
    assertThat(Items.name(second, 2)).isEqualTo("new");
    assertThat(Items.name(second, 1)).isEqualTo("new");
    assertThat(second.stats().farHits()).as("what was loaded after the clear is kept, and found far").isPositive();
  }

  @Test
  void a_clear_that_a_transaction_announces_comes_with_its_commit() {
    TwoTierCache<Long, Item> first = Items.cache(one);
    TwoTierCache<Long, Item> second = Items.cache(two);
    assertThat(Items.name(second, 2)).isEqualTo("old");
    one.db().write(tx -> {
      Items.set(tx, 2, "new");
      first.invalidateAll(tx);
      assertThat(second.peek(2L)).as("until the end of the transaction").isNotNull();
      return 0;
    });
    await().untilAsserted(() -> assertThat(Items.name(second, 2)).isEqualTo("new"));
    await().untilAsserted(() -> assertThat(items.takenIn()).containsExactly(one.epoch()));
  }

  @Test
  void a_thousand_loads_in_flight_leave_nothing_behind_on_either_instance_or_in_redis() throws Exception {
    CountDownLatch loaded = new CountDownLatch(LOADS);
    CountDownLatch resume = new CountDownLatch(1);
    List<TwoTierCache<Long, Item>> caches = new ArrayList<>();
    for (CacheInstance instance : List.of(one, two)) {
      caches.add(instance.caches().named("slow", Long.class, Item.class).expireAfterWrite(Duration.ofMinutes(1))
          .build(id -> {
            Item old = new Item(id, resume.getCount() > 0 ? "old" : "new");
            loaded.countDown();
            resume.await();
            return old;
          }));
    }
    List<FutureTask<Item>> readers = new ArrayList<>();
    for (long id = 0; id < LOADS; id++) {
      TwoTierCache<Long, Item> cache = caches.get((int) (id % 2));
      long key = id;
      FutureTask<Item> reader = new FutureTask<>(() -> cache.get(key));
      readers.add(reader);
      Thread.ofVirtual().start(reader);
    }
    loaded.await();
    caches.getFirst().invalidateAll();
    await().until(() -> ((LeasedCache<Long, Item>) caches.get(1)).nearSize() == 0);
    resume.countDown();
    for (FutureTask<Item> reader : readers) {
      assertThat(reader.get().name()).as("who had asked before").isEqualTo("old");
    }
    for (TwoTierCache<Long, Item> cache : caches) {
      await().untilAsserted(() -> assertThat(cache.stats().fenced()).isEqualTo(LOADS / 2));
      assertThat(cache.stats().stored()).isZero();
      assertThat(((LeasedCache<Long, Item>) cache).nearSize()).isZero();
    }
    assertThat(redis.keys("{" + namespace + "}v:*")).isEmpty();
    assertThat(Items.name(caches.getFirst(), 7)).isEqualTo("new");
  }

  @Test
  void a_clear_that_redis_refuses_is_seen_by_its_writer_and_comes_when_redis_takes_it() {
    TwoTierCache<Long, Item> first = Items.cache(one);
    TwoTierCache<Long, Item> second = Items.cache(two);
    assertThat(Items.name(first, 1)).isEqualTo("old");
    assertThat(Items.name(second, 1)).isEqualTo("old");
    redis.configSet("min-replicas-to-write", "1");
    try {
      items.set(1, "new");
      first.invalidateAll();
      assertThat(one.pending("item", "any")).isTrue();
      assertThat(Items.name(first, 1)).as("although Redis still has the old value").isEqualTo("new");
      assertThat(first.peek(1L)).isNull();
    } finally {
      redis.configSet("min-replicas-to-write", "0");
    }
    await().until(() -> !one.pending("item", "any"));
    assertThat(Items.name(first, 1)).isEqualTo("new");
    await().untilAsserted(() -> assertThat(Items.name(second, 1)).isEqualTo("new"));
  }

  @Test
  void a_clear_begins_a_later_generation_even_when_the_clock_of_redis_has_gone_back() {
    long ahead = (System.currentTimeMillis() + Duration.ofHours(1).toMillis()) * 1_000;
    redis.set(("{" + namespace + "}g:item").getBytes(StandardCharsets.UTF_8),
        ByteBuffer.allocate(Long.BYTES).putLong(ahead).array());
    TwoTierCache<Long, Item> first = Items.cache(one);
    TwoTierCache<Long, Item> second = Items.cache(two);
    assertThat(Items.name(first, 1)).isEqualTo("old");
    await().until(() -> first.stats().stored() == 1);
    assertThat(Items.name(second, 1)).isEqualTo("old");
    items.set(1, "new");
    first.invalidateAll();
    assertThat(Items.name(first, 1)).isEqualTo("new");
    await().untilAsserted(() -> assertThat(Items.name(second, 1)).isEqualTo("new"));
  }

  @Test
  void what_is_known_of_generations_moves_forward_alone_until_the_log_is_entered_anew() {
    KnownGeneration known = new KnownGeneration();
    byte[] stored = "1".getBytes(StandardCharsets.UTF_8);
    assertThat(known.isAt(new byte[0], 0, 0)).as("while nothing is known").isFalse();
    known.learn(stored);
    assertThat(known.isAt(stored, 0, 1)).isTrue();
    known.learn("2".getBytes(StandardCharsets.UTF_8));
    known.learn(stored);
    assertThat(known.isAt(stored, 0, 1)).as("after a late answer").isFalse();
    known.reset(stored);
    assertThat(known.isAt(stored, 0, 1)).isTrue();
  }
}
