package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.cache.Items.Item;
import dev.scalable.testkit.link.Link;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/**
 * Two instances whose Redis loses what it had accepted: entries of its log, all it has, or its last writes in a
 * failover.
 */
class LostHistoryTest {

  private static final Duration BOUND = Duration.ofMillis(800);

  private final String namespace = "lost-" + UUID.randomUUID();
  private final Items items = new Items(namespace);

  @TempDir
  private Path folder;

  private OwnRedis redis;
  private MovingAddress address;
  private CacheInstance one;
  private CacheInstance two;
  private TwoTierCache<Long, Item> first;
  private TwoTierCache<Long, Item> second;

  @BeforeEach
  void start() throws Exception {
    items.set(1, "old");
    items.set(2, "old");
    redis = OwnRedis.start(folder, "first");
    address = new MovingAddress(redis.address());
    Map<String, String> environment = CacheInstance.environment(namespace, address.uri(),
        "SCALABLE_CACHE_NEAR_VALIDITY", BOUND.toMillis() + "ms");
    one = CacheInstance.begin(environment);
    two = CacheInstance.begin(environment);
    one.awaitProven();
    two.awaitProven();
    first = Items.cache(one);
    second = Items.cache(two);
    await().until(() -> one.outbox().isPresent() && two.outbox().isPresent());
  }

  @AfterEach
  void stop() throws Exception {
    one.close();
    two.close();
    address.close();
    redis.close();
  }

  private void warm() {
    assertThat(Items.name(first, 1)).isEqualTo("old");
    assertThat(Items.name(second, 1)).isEqualTo("old");
  }

  private void rename(CacheInstance instance, TwoTierCache<Long, Item> cache, long id, String name) {
    instance.db().write(tx -> {
      Items.set(tx, id, name);
      cache.invalidate(tx, id);
      return 0;
    });
  }

  private void awaitEverywhere(String name) {
    await().untilAsserted(() -> {
      assertThat(Items.name(first, 1)).isEqualTo(name);
      assertThat(Items.name(second, 1)).isEqualTo(name);
    });
  }

  private String in(String key) {
    return "{" + namespace + "}" + key;
  }

  /** Invalidates item 1 as others do, and then does something to the log before anybody can have read it. */
  private void invalidateAnd(String script) {
    redis.client().eval("""
        redis.call('DEL',KEYS[1],KEYS[4])
        for i=1,3 do
          local id=redis.call('XADD',KEYS[2],'*','p',redis.call('GET',KEYS[3]),'m','x','s','','c','item','k','')
          redis.call('SET',KEYS[3],id..'/x')
        end
        """ + script, List.of(in("v:item:1"), in("inv"), in("last"), in("l:item:1")), List.of());
  }

  /** All is right again, after the heap of each instance was emptied once, for this cause, and not again. */
  private void isHealedAfterOneResync(Resync cause) {
    awaitEverywhere("new");
    one.awaitProven();
    two.awaitProven();
    for (int i = 0; i < 3; i++) {
      rename(one, first, 2, "newer");
      await().untilAsserted(() -> assertThat(Items.name(second, 2)).isEqualTo("newer"));
      items.set(2, "old");
      second.invalidate(2L);
      await().untilAsserted(() -> assertThat(Items.name(first, 2)).isEqualTo("old"));
    }
    for (CacheInstance each : List.of(one, two)) {
      assertThat(resyncs(each)).isEqualTo(1);
      assertThat(resyncs(each, cause)).isEqualTo(1);
    }
  }

  private static long resyncs(CacheInstance instance) {
    return instance.caches().coherence().resyncs().values().stream().mapToLong(Long::longValue).sum();
  }

  private static long resyncs(CacheInstance instance, Resync cause) {
    return instance.caches().coherence().resyncs().getOrDefault(cause.name().toLowerCase(Locale.ROOT), 0L);
  }

  @Test
  void a_log_that_was_trimmed_past_a_slow_reader_has_a_gap() {
    warm();
    one.awaitProven();
    items.set(1, "new");
    invalidateAnd("redis.call('XTRIM',KEYS[2],'MAXLEN',1)");
    isHealedAfterOneResync(Resync.GAP);
  }

  @Test
  void an_entry_that_was_deleted_leaves_a_gap() {
    warm();
    items.set(1, "new");
    invalidateAnd("""
        local all=redis.call('XREVRANGE',KEYS[2],'+','-','COUNT',2)
        redis.call('XDEL',KEYS[2],all[2][1])""");
    isHealedAfterOneResync(Resync.GAP);
  }

  @Test
  void a_log_that_was_evicted_ends_before_its_head() {
    warm();
    items.set(1, "new");
    invalidateAnd("redis.call('DEL',KEYS[2])");
    isHealedAfterOneResync(Resync.TRIMMED);
  }

  @Test
  void an_entry_with_the_id_of_another_and_a_mark_of_its_own_is_not_taken_for_it() {
    warm();
    rename(one, first, 2, "new");
    await().untilAsserted(() -> assertThat(items.takenIn()).hasSize(1));
    items.set(1, "new");
    // As a server has it that has given the same id to another entry: none of the marks that anybody has read.
    redis.client().eval("""
        local last=redis.call('GET',KEYS[3])
        redis.call('DEL',KEYS[1])
        redis.call('SET',KEYS[3],string.match(last,'^[0-9-]+')..'/another')""",
        List.of(in("v:item:1"), in("inv"), in("last")), List.of());
    isHealedAfterOneResync(Resync.REGRESS);
  }

  @Test
  void a_generation_that_was_evicted_while_the_clock_went_back_is_missed() {
    warm();
    one.awaitProven();
    two.awaitProven();
    items.set(1, "new");
    // As the next lease begins one on a server whose clock has gone back by years. What was stored before is of a later
    // one, which clearing the cache would not make a thing of the past any more.
    redis.client().set(in("g:item").getBytes(UTF_8), new byte[] {0, 0, 0, 0, 0, 0, 0, 1});
    isHealedAfterOneResync(Resync.REGRESS);
  }

  @Test
  void a_redis_that_has_forgotten_everything_begins_another_epoch() {
    warm();
    String epoch = one.epoch();
    rename(one, first, 1, "new");
    redis.client().flushAll();
    await().until(() -> resyncs(one) == 1 && resyncs(two) == 1 && !one.epoch().equals(epoch));
    awaitEverywhere("new");
    assertThat(one.epoch()).isEqualTo(two.epoch());
    one.awaitProven();
    two.awaitProven();
    rename(two, second, 1, "newer");
    awaitEverywhere("newer");
    assertThat(resyncs(one) + resyncs(two)).isEqualTo(2);
  }

  @Test
  void a_redis_that_comes_back_with_an_old_dump_has_the_invalidations_since_then_sent_again() throws Exception {
    rename(one, first, 2, "new");
    warm();
    redis.save();
    rename(two, second, 1, "new");
    awaitEverywhere("new");
    String epoch = one.epoch();
    await().untilAsserted(() -> assertThat(items.takenIn()).containsExactly(epoch, epoch));

    redis.kill();
    redis.start();

    assertThat(redis.client().exists(in("v:item:1"))).as("the old value").isTrue();
    await().until(() -> !one.epoch().equals(epoch) && items.takenIn().equals(List.of(one.epoch(), one.epoch())));
    awaitEverywhere("new");
    assertThat(resyncs(one, Resync.FAILOVER) + resyncs(two, Resync.FAILOVER)).isPositive();
  }

  @Test
  void a_dump_so_old_that_nobody_knows_what_is_missing_has_all_caches_cleared() throws Exception {
    warm();
    // As long ago as can be: nothing was ever invalidated. And what comes now is in no outbox.
    redis.save();
    items.set(1, "new");
    first.invalidate(1L);
    awaitEverywhere("new");

    redis.kill();
    redis.start();

    assertThat(redis.client().exists(in("v:item:1"))).as("the old value").isTrue();
    await().until(() -> resyncs(one, Resync.FAILOVER) + resyncs(two, Resync.FAILOVER) > 0);
    awaitEverywhere("new");
  }

  /**
   * A replica of the first server, whose link to it was cut when both had the old value; and an invalidation that only
   * the first got.
   */
  private OwnRedis replicaThatMissed(String name) throws Exception {
    OwnRedis replica = OwnRedis.start(folder, "second");
    try (Link replication = Link.to(redis.address())) {
      rename(one, first, 2, "before");
      warm();
      replica.follow(replication.address());
      await().until(() -> replica.client().exists(in("v:item:1")));
      replication.cut();
      rename(one, first, 1, name);
      awaitEverywhere(name);
      // The first server that follows it has the primary begin a history, and so an epoch.
      await().untilAsserted(() -> assertThat(items.takenIn()).containsExactly(one.epoch(), one.epoch()));
    }
    assertThat(replica.client().exists(in("v:item:1"))).as("the old value").isTrue();
    return replica;
  }

  @Test
  void after_a_failover_to_a_replica_that_was_behind_what_it_has_missed_is_sent_again() throws Exception {
    try (OwnRedis replica = replicaThatMissed("new")) {
      String epoch = one.epoch();
      redis.kill();
      replica.promote();
      address.moveTo(replica.address());

      // Later ids, as they would hide the loss from who looks at ids alone.
      second.invalidate(2L);
      await().until(() -> !one.epoch().equals(epoch) && items.takenIn().equals(List.of(one.epoch(), one.epoch())));
      awaitEverywhere("new");
      await().until(() -> resyncs(one) > 0 && resyncs(two) > 0);
      one.awaitProven();
      rename(one, first, 1, "newer");
      awaitEverywhere("newer");
    }
  }

  @Test
  void who_still_reads_the_log_of_the_old_primary_does_not_serve_what_the_new_one_has_invalidated() throws Exception {
    try (OwnRedis replica = replicaThatMissed("new");
        MovingAddress elsewhere = new MovingAddress(replica.address());
        RedisClient old = RedisClient.create(redis.uri())) {
      replica.promote();
      address.moveCommandsTo(replica.address());
      CacheInstance three = CacheInstance.start(CacheInstance.environment(namespace, elsewhere.uri()));
      try {
        TwoTierCache<Long, Item> third = Items.cache(three);
        for (int i = 0; i < 3; i++) {
          Items.name(first, 1);
          String name = "new " + i;
          rename(three, third, 1, name);
          long taken = System.nanoTime();
          await().untilAsserted(() -> assertThat(Items.name(first, 1)).isEqualTo(name));
          assertThat(Duration.ofNanos(System.nanoTime() - taken)).as("the bound, and what a loaded machine adds")
              .isLessThan(BOUND.plusSeconds(2));
        }
        assertThat(old.exists(in("last"))).as("the old primary lives on").isTrue();
      } finally {
        three.close();
      }
      address.moveTo(replica.address());
      one.awaitProven();
      rename(one, first, 1, "newest");
      awaitEverywhere("newest");
    }
  }
}
