package dev.scalable.cache;

import static dev.scalable.cache.CachePair.inBackground;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import dev.scalable.testkit.link.Link;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** Case 19 of the twenty: a Redis that takes 100 ms for each answer, and then none comes. */
class SlowRedisTest {

  private static final Duration LATENCY = Duration.ofMillis(100);
  private static final Duration TIMEOUT = Duration.ofMillis(400);
  private static final int PLACES = 2;
  private static final int READERS = 40;
  private static final int READS = 200;

  private final String namespace = "slow-" + UUID.randomUUID();
  private final RedisClient redis = RedisClient.create(TestStack.redis().uri());
  private final Link link = Link.to(TestStack.redis().address());
  private CacheInstance one;

  @BeforeEach
  void start() throws Exception {
    one = CacheInstance.start(CacheInstance.environment(namespace,
        URI.create("redis://127.0.0.1:" + link.address().getPort()),
        "SCALABLE_REDIS_TIMEOUT", TIMEOUT.toMillis() + "ms",
        "SCALABLE_CACHE_MAX_LOADS", Integer.toString(PLACES)));
  }

  @AfterEach
  void stop() throws Exception {
    // Closing would wait for answers.
    link.restore();
    one.close();
    link.close();
    redis.close();
  }

  @Test
  void what_has_expired_is_served_for_a_source_that_fails_and_what_was_invalidated_is_not() {
    AtomicBoolean broken = new AtomicBoolean();
    TwoTierCache<Long, String> cache = one.caches().named("item", Long.class, String.class)
        .expireAfterWrite(Duration.ofMinutes(1)).staleIfError(Duration.ofHours(1)).build(id -> {
          if (broken.get()) {
            throw new IOException("the source is away");
          }
          return "value " + id;
        });
    link.latency(LATENCY, Duration.ZERO);
    for (long id = 1; id <= 2; id++) {
      assertThat(cache.get(id)).isEqualTo("value " + id);
    }
    await().until(() -> cache.stats().stored() == 2);
    for (long id = 1; id <= 2; id++) {
      expire(id);
      ((LeasedCache<Long, String>) cache).invalidated(Long.toString(id));
    }
    broken.set(true);
    assertThat(cache.get(1L)).isEqualTo("value 1");
    cache.invalidate(2L);
    assertThatThrownBy(() -> cache.get(2L)).hasRootCauseMessage("the source is away");
    assertThat(cache.stats().stale()).isEqualTo(1);
    assertThat(cache.stats().bypassed()).as("it was slow, and not away").isZero();
  }

  private void expire(long id) {
    redis.eval("""
        local v=redis.call('GET',KEYS[1])
        redis.call('SET',KEYS[1],struct.pack('>I8',1)..string.sub(v,9),'KEEPTTL')""",
        List.of("{" + namespace + "}v:item:" + id), List.of());
  }

  @Test
  void when_no_answer_comes_any_more_few_wait_for_one_and_the_database_has_no_more_to_do_than_there_are_places()
      throws Exception {
    AtomicInteger under = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    TwoTierCache<Long, String> cache = one.caches().named("item", Long.class, String.class)
        .expireAfterWrite(Duration.ofMinutes(1)).build(id -> {
          most.accumulateAndGet(under.incrementAndGet(), Math::max);
          try {
            return one.db().read(tx -> tx.handle().createQuery("select 'value ' || :id").bind("id", id)
                .mapTo(String.class).one());
          } finally {
            under.decrementAndGet();
          }
        });
    link.latency(LATENCY, Duration.ZERO);
    assertThat(cache.get(1L)).isEqualTo("value 1");
    link.blackhole();
    await().until(() -> !one.proven());
    long began = System.nanoTime();
    CountDownLatch go = new CountDownLatch(1);
    List<FutureTask<Integer>> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      long reader = i;
      readers.add(inBackground(() -> {
        go.await();
        int right = 0;
        for (int read = 0; read < READS; read++) {
          long id = (reader + read) % 10;
          right += ("value " + id).equals(cache.get(id)) ? 1 : 0;
        }
        return right;
      }));
    }
    go.countDown();
    for (FutureTask<Integer> reader : readers) {
      assertThat(reader.get()).isEqualTo(READS);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).as("without the breaker each read waits for a timeout")
        .isLessThan(TIMEOUT.multipliedBy(READS).dividedBy(2));
    assertThat(most.get()).isBetween(1, PLACES);
    assertThat(cache.stats().bypassed()).isPositive();
  }
}
