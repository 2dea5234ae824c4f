package dev.scalable.cache;

import static dev.scalable.cache.CachePair.inBackground;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import dev.scalable.db.Db;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/**
 * Loads that hang, that are too many, or whose caller leaves: nobody waits for longer than was said, and nothing is
 * left behind.
 */
class SlowLoadsTest {

  private final CachePair pair = CachePair.start("SCALABLE_CACHE_LOAD_TIMEOUT", "1s", "SCALABLE_CACHE_MAX_LOADS", "1");
  private final AtomicInteger calls = new AtomicInteger();
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicBoolean interrupted = new AtomicBoolean();

  SlowLoadsTest() throws Exception {}

  @AfterEach
  void stop() throws Exception {
    release.countDown();
    pair.close();
  }

  private static TwoTierCache<Long, String> cache(CacheInstance instance, String name,
      CacheLoader<Long, String> loader) {
    return instance.caches().named(name, Long.class, String.class).expireAfterWrite(Duration.ofMinutes(1))
        .build(loader);
  }

  private int free() {
    return pair.one.caches().loads().free();
  }

  /** The first call hangs until {@link #release}; the others return at once. */
  private String hangsOnce(boolean mindsInterrupts) throws InterruptedException {
    int call = calls.incrementAndGet();
    while (call == 1) {
      try {
        release.await();
        break;
      } catch (InterruptedException e) {
        interrupted.set(true);
        if (mindsInterrupts) {
          throw e;
        }
      }
    }
    return "value " + call;
  }

  /** Case 18 of the twenty. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_load_that_hangs_fails_its_callers_in_time_and_leaves_no_lease_and_no_place_behind(boolean mindsInterrupts)
      throws Exception {
    TwoTierCache<Long, String> cache = cache(pair.one, "hanging", id -> hangsOnce(mindsInterrupts));
    FutureTask<String> owner = inBackground(() -> cache.get(1L));
    await().until(() -> calls.get() == 1);
    pair.keepLease("hanging", 1);
    FutureTask<String> joined = inBackground(() -> cache.get(1L));
    for (FutureTask<String> caller : List.of(owner, joined)) {
      assertThatThrownBy(caller::get).hasCauseInstanceOf(CacheLoadTimeout.class).hasMessageContaining("1000 ms");
    }
    await().until(() -> !pair.leased("hanging", 1) && free() == 1);
    assertThat(interrupted).isTrue();
    assertThat(cache.get(1L)).isEqualTo("value 2");
    assertThat(cache.stats().timeouts()).isEqualTo(1);
    release.countDown();
    await().until(() -> cache.stats().stored() == 1);
    assertThat(cache.get(1L)).as("what came too late is nobody's").isEqualTo("value 2");
    assertThat(free()).isEqualTo(1);
  }

  @Test
  void who_finds_no_place_in_time_fails_and_holds_no_lease() throws Exception {
    TwoTierCache<Long, String> cache = cache(pair.one, "crowded", id -> "value");
    TwoTierCache<Long, String> elsewhere = cache(pair.two, "crowded", id -> "from elsewhere");
    assertThat(pair.one.caches().loads().enter()).isTrue();
    FutureTask<String> waiting = inBackground(() -> cache.get(1L));
    await().until(() -> pair.one.caches().loads().waiting() == 1);
    assertThat(pair.leased("crowded", 1)).as("by one who cannot load").isFalse();
    assertThat(elsewhere.get(2L)).isEqualTo("from elsewhere");
    assertThat(elsewhere.get(1L)).as("which another instance has a place for").isEqualTo("from elsewhere");
    assertThatThrownBy(waiting::get).hasCauseInstanceOf(CacheLoadTimeout.class)
        .hasMessageContaining("SCALABLE_CACHE_MAX_LOADS");
    assertThat(cache.stats().refused()).isEqualTo(1);
    assertThat(cache.stats().loads()).isZero();
    pair.one.caches().loads().leave();
    assertThat(cache.get(3L)).isEqualTo("value");
  }

  @Test
  void there_are_never_more_loads_than_places_and_the_database_has_a_connection_left() throws Exception {
    AtomicInteger under = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    TwoTierCache<Long, String> cache = cache(pair.one, "many", id -> {
      most.accumulateAndGet(under.incrementAndGet(), Math::max);
      try {
        return pair.one.db().read(tx -> tx.handle().createQuery("select 'row ' || :id from pg_sleep(0.01)")
            .bind("id", id).mapTo(String.class).one());
      } finally {
        under.decrementAndGet();
      }
    });
    List<FutureTask<String>> callers = new ArrayList<>();
    for (long i = 0; i < 20; i++) {
      long id = i;
      callers.add(inBackground(() -> cache.get(id)));
    }
    // Throws if there is no connection for it.
    pair.one.db().read(tx -> tx.handle().execute("select 1"));
    for (int i = 0; i < 20; i++) {
      assertThat(callers.get(i).get()).isEqualTo("row " + i);
    }
    assertThat(most).hasValue(1);
    assertThat(free()).isEqualTo(1);
  }

  @Test
  void a_loader_that_reads_another_cache_does_so_in_its_own_place() {
    TwoTierCache<Long, String> inner = cache(pair.one, "inner", id -> "inner " + id);
    TwoTierCache<Long, String> outer = cache(pair.one, "outer", id -> "outer of " + inner.get(id));
    assertThat(outer.get(1L)).isEqualTo("outer of inner 1");
    await().until(() -> free() == 1);
  }

  @Test
  void a_load_goes_on_when_the_caller_who_began_it_is_interrupted() throws Exception {
    TwoTierCache<Long, String> cache = cache(pair.one, "left", id -> hangsOnce(true));
    AtomicInteger failed = new AtomicInteger();
    Thread owner = Thread.ofVirtual().start(() -> {
      try {
        cache.get(1L);
      } catch (CacheLoadTimeout e) {
        failed.incrementAndGet();
      }
    });
    await().until(() -> calls.get() == 1);
    FutureTask<String> other = inBackground(() -> cache.get(1L));
    owner.interrupt();
    owner.join();
    assertThat(failed).hasValue(1);
    release.countDown();
    assertThat(other.get()).isEqualTo("value 1");
    assertThat(interrupted).isFalse();
    assertThat(cache.get(1L)).isEqualTo("value 1");
  }

  @Test
  void a_caller_who_is_interrupted_before_it_could_load_leaves_its_turn_to_who_waits_for_it() throws Exception {
    TwoTierCache<Long, String> cache = cache(pair.one, "turn", id -> "value");
    pair.redis.set(pair.key("l:turn:1"), "another's");
    AtomicInteger failed = new AtomicInteger();
    Thread owner = Thread.ofVirtual().start(() -> {
      try {
        cache.get(1L);
      } catch (CacheLoadTimeout e) {
        failed.incrementAndGet();
      }
    });
    await().until(() -> ((LeasedCache<Long, String>) cache).nearSize() == 1);
    FutureTask<String> other = inBackground(() -> cache.get(1L));
    owner.interrupt();
    owner.join();
    assertThat(failed).hasValue(1);
    pair.redis.del(pair.key("l:turn:1"));
    assertThat(other.get()).isEqualTo("value");
  }

  @Test
  void a_failure_of_the_loader_reaches_all_who_wait_as_it_is() throws Exception {
    TwoTierCache<Long, String> cache = cache(pair.one, "failing", id -> {
      calls.incrementAndGet();
      release.await();
      throw new IllegalStateException("no " + id);
    });
    FutureTask<String> owner = inBackground(() -> cache.get(1L));
    await().until(() -> calls.get() == 1);
    pair.keepLease("failing", 1);
    FutureTask<String> joined = inBackground(() -> cache.get(1L));
    release.countDown();
    for (FutureTask<String> caller : List.of(owner, joined)) {
      assertThatThrownBy(caller::get).isInstanceOf(ExecutionException.class).cause()
          .isInstanceOf(IllegalStateException.class).hasMessage("no 1");
    }
    await().until(() -> !pair.leased("failing", 1) && free() == 1);
  }

  /** Case 19 of the twenty: Redis away, and many readers. */
  @Test
  void without_redis_every_read_is_answered_and_no_more_loads_run_than_there_are_places() throws Exception {
    AtomicInteger under = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    TwoTierCache<Long, String> cache = cache(pair.one, "away", id -> {
      most.accumulateAndGet(under.incrementAndGet(), Math::max);
      under.decrementAndGet();
      return "row " + id;
    });
    Jedis alone = new Jedis(TestStack.redis().uri());
    String before = alone.configGet("maxclients").get("maxclients");
    // No connection but this one is left, and none is made.
    alone.configSet("maxclients", "1");
    alone.clientKill(new ClientKillParams().type(ClientType.NORMAL).skipMe(ClientKillParams.SkipMe.YES));
    try {
      List<FutureTask<String>> callers = new ArrayList<>();
      for (long i = 0; i < 50; i++) {
        long id = i % 10;
        callers.add(inBackground(() -> cache.get(id)));
      }
      for (int i = 0; i < 50; i++) {
        assertThat(callers.get(i).get()).isEqualTo("row " + i % 10);
      }
    } finally {
      try (Jedis restoring = alone) {
        restoring.configSet("maxclients", before);
      }
    }
    assertThat(most).hasValue(1);
    assertThat(cache.stats().bypassed()).isPositive();
    assertThat(free()).isEqualTo(1);
  }

  /** Case 9 of the twenty: a snapshot that was opened before a commit fills nothing. */
  @Test
  void a_read_on_a_thread_that_is_in_a_transaction_is_refused_whether_or_not_the_value_is_cached() {
    TwoTierCache<Long, String> cache = cache(pair.one, "nested", id ->
        pair.one.db().read(tx -> tx.handle().createQuery("select 'row'").mapTo(String.class).one()));
    for (String state : List.of("on a miss", "on a hit")) {
      assertThatThrownBy(() -> pair.one.db().write(Db.Isolation.REPEATABLE_READ, tx -> cache.get(1L))).as(state)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Cache nested: get(1)").hasMessageContaining("transaction");
      assertThatThrownBy(() -> pair.one.db().read(tx -> cache.getAll(List.of(1L)))).as(state)
          .isInstanceOf(IllegalStateException.class).hasMessageContaining("getAll([1])");
      assertThat(cache.get(1L)).isEqualTo("row");
    }
    assertThat(pair.one.db().<Boolean, RuntimeException>read(tx -> cache.peek(1L) != null)).as("it never loads")
        .isTrue();
  }
}
