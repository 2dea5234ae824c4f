package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.scalable.TestStack;
import dev.scalable.cache.Items.Item;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.RedisClient;

/** Two instances that audit every hit: a lie is found, and what only looks like one is not taken for it. */
class AuditTest {

  private static final Duration BOUND = Duration.ofMillis(600);
  /** A safety limit: an audit takes twice the bound and three seconds more. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final String namespace = "audit-" + UUID.randomUUID();
  private final Items items = new Items(namespace);
  private final RedisClient redis = RedisClient.create(TestStack.redis().uri());
  private final ListAppender<ILoggingEvent> warnings = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(Auditor.class);
  private final CacheInstance one = start();
  private final CacheInstance two = start();

  AuditTest() throws Exception {}

  private CacheInstance start() throws Exception {
    return CacheInstance.start(CacheInstance.environment(namespace, TestStack.redis().uri(),
        "SCALABLE_CACHE_AUDIT", "1",
        "SCALABLE_CACHE_NEAR_VALIDITY", BOUND.toMillis() + "ms",
        "SCALABLE_DB_ACQUIRE_TIMEOUT", "30s",
        // A hit whose audit finds no place is left alone, and these tests count them.
        "SCALABLE_CACHE_MAX_LOADS", "64",
        "SCALABLE_REDIS_TIMEOUT", "2s"));
  }

  @BeforeEach
  void listen() {
    warnings.start();
    logger.addAppender(warnings);
  }

  @AfterEach
  void stop() throws Exception {
    logger.detachAppender(warnings);
    one.close();
    two.close();
    redis.close();
  }

  private static ConditionFactory patiently() {
    return await().atMost(LIMIT);
  }

  private static void rename(CacheInstance instance, TwoTierCache<Long, Item> cache, long id, String name) {
    instance.db().write(tx -> {
      Items.set(tx, id, name);
      cache.invalidate(tx, id);
      return 0;
    });
  }

  private static TwoTierCache<Long, String> cache(CacheInstance instance, String name,
      CacheLoader<Long, String> loader) {
    return instance.caches().named(name, Long.class, String.class).expireAfterWrite(Duration.ofMinutes(1))
        .build(loader);
  }

  /** Reads until the value is in Redis as well, and then once more, which is audited. */
  private static void hit(TwoTierCache<Long, String> cache, String value) {
    assertThat(cache.get(1L)).isEqualTo(value);
    patiently().until(() -> cache.stats().stored() > 0);
    assertThat(cache.getIfPresent(1L)).isEqualTo(value);
  }

  @Test
  void while_every_change_is_announced_none_of_the_hits_is_a_lie_however_much_is_written() throws Exception {
    TwoTierCache<Long, Item> first = Items.cache(one);
    TwoTierCache<Long, Item> second = Items.cache(two);
    AtomicBoolean over = new AtomicBoolean();
    Thread writer = Thread.ofPlatform().start(() -> {
      for (int i = 0; !over.get(); i++) {
        rename(i % 2 == 0 ? one : two, i % 2 == 0 ? first : second, i % 5, "version " + i);
      }
    });
    try {
      patiently().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> {
        long id = ThreadLocalRandom.current().nextLong(5);
        first.get(id);
        second.get(id);
        return first.stats().audits().ok() > Auditor.MOST && second.stats().audits().ok() > Auditor.MOST;
      });
    } finally {
      over.set(true);
      writer.join();
    }
    assertThat(first.stats().audits().stale() + second.stats().audits().stale()).isZero();
  }

  @Test
  void a_change_that_bypasses_the_library_and_a_value_that_was_put_into_redis_are_found_and_told_once() {
    TwoTierCache<Long, Item> first = Items.cache(one);
    TwoTierCache<Long, Item> second = Items.cache(two);
    items.set(1, "bypassed old");
    items.set(2, "planted old");
    byte[] value = ("{" + namespace + "}v:item:2").getBytes(UTF_8);
    assertThat(Items.name(first, 1)).isEqualTo("bypassed old");
    assertThat(Items.name(second, 2)).isEqualTo("planted old");
    patiently().until(() -> first.stats().stored() == 1 && redis.exists(value));

    items.set(1, "bypassed new, and longer");
    byte[] old = redis.get(value);
    rename(two, second, 2, "planted new");
    redis.set(value, old);

    patiently().until(() -> {
      assertThat(Items.name(first, 1)).as("nobody has told the cache").isEqualTo("bypassed old");
      assertThat(Items.name(second, 2)).isEqualTo("planted old");
      return first.stats().audits().stale() > 1 && second.stats().audits().stale() > 1;
    });
    assertThat(warnings.list).extracting(ILoggingEvent::getFormattedMessage).hasSize(2)
        .anySatisfy(line -> assertThat(line).contains("Cache item", "key 1 ", "Item of "))
        .anySatisfy(line -> assertThat(line).contains("Cache item", "key 2 "))
        .noneMatch(line -> line.contains("bypassed") || line.contains("planted"));
    rename(one, first, 1, "right");
    assertThat(Items.name(first, 1)).isEqualTo("right");
  }

  @Test
  void what_was_changed_and_invalidated_meanwhile_is_no_lie_even_if_an_equal_value_is_served_later() {
    AtomicInteger calls = new AtomicInteger();
    Map<Long, String> source = new ConcurrentHashMap<>(Map.of(1L, "old"));
    TwoTierCache<Long, String> gone = cache(one, "gone", id -> source.get(id));
    TwoTierCache<Long, String> back = cache(one, "back", id -> {
      calls.incrementAndGet();
      return source.get(id);
    });
    hit(gone, "old");
    hit(back, "old");
    source.put(1L, "new");
    gone.invalidate(1L);
    back.invalidate(1L);
    patiently().until(() -> calls.get() == 2);
    source.put(1L, "old");
    back.invalidate(1L);
    assertThat(back.get(1L)).as("loaded after it was changed back").isEqualTo("old");
    // A write whose invalidation has not come yet.
    source.put(1L, "new");
    patiently().until(() -> back.stats().audits().ok() == 1 && gone.stats().audits().ok() == 1);
    for (TwoTierCache<Long, String> each : List.of(gone, back)) {
      assertThat(each.stats().audits()).isEqualTo(new CacheStats.Audits(1, 0, 0));
    }
    assertThat(calls).as("the load, its audit, and the second load").hasValue(3);
  }

  @Test
  void a_source_that_fails_or_has_another_value_each_time_is_no_evidence() {
    AtomicInteger calls = new AtomicInteger();
    AtomicBoolean away = new AtomicBoolean();
    TwoTierCache<Long, String> failing = cache(one, "failing", id -> {
      if (away.get()) {
        throw new IOException("the source is away");
      }
      return "value";
    });
    TwoTierCache<Long, String> changing = cache(one, "changing", id -> "value " + calls.incrementAndGet());
    hit(failing, "value");
    hit(changing, "value 1");
    away.set(true);
    patiently().until(() -> failing.stats().audits().errors() == 1 && changing.stats().audits().errors() == 1);
    assertThat(failing.stats().audits()).isEqualTo(new CacheStats.Audits(0, 0, 1));
    assertThat(changing.stats().audits()).isEqualTo(new CacheStats.Audits(0, 0, 1));
    assertThat(calls).as("the load, and two reads of the audit").hasValue(3);
    assertThat(warnings.list).isEmpty();
  }

  @Test
  void a_few_hits_at_a_time_are_looked_into_and_the_rest_is_left_alone() {
    AtomicInteger calls = new AtomicInteger();
    TwoTierCache<Long, String> cache = cache(one, "crowded", id -> {
      calls.incrementAndGet();
      return "value";
    });
    long began = System.nanoTime();
    hit(cache, "value");
    for (int i = 0; i < 1_000; i++) {
      cache.get(1L);
    }
    // Each is under way for the bound and longer; hits that took as long may have begun as many again.
    long rounds = 1 + Duration.ofNanos(System.nanoTime() - began).dividedBy(BOUND);
    patiently().until(() -> cache.stats().audits().ok() >= Auditor.MOST);
    assertThat(calls.get() - cache.stats().loads()).as("reads of audits, which are no loads of the cache")
        .isBetween((long) Auditor.MOST, rounds * Auditor.MOST);
    long before = cache.stats().audits().ok();
    cache.get(1L);
    patiently().until(() -> cache.stats().audits().ok() > before);
  }
}
