package dev.scalable.cache;

import static dev.scalable.cache.ItemCaches.BOUND;
import static dev.scalable.cache.ItemCaches.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.cache.ItemCaches.Item;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What two instances serve when Redis loses entries of the log, or all it had, when it stands still, and when it
 * refuses writes: nothing for longer than the bound that is not current, and nobody misses his own write.
 */
class FailingRedisTest {

  private final ItemCaches items;
  private final TwoTierCache<Long, Item> first;
  private final TwoTierCache<Long, Item> second;

  FailingRedisTest() throws Exception {
    items = new ItemCaches();
    first = items.first;
    second = items.second;
  }

  @AfterEach
  void stop() throws Exception {
    items.close();
  }

  private List<String> keys(String... names) {
    return Stream.of(names).map(items::key).toList();
  }

  @Test
  void an_invalidation_that_the_log_has_lost_empties_the_heap_within_the_bound() throws Exception {
    first.get(1L);
    second.get(1L);
    int losses = items.two.losses();
    items.source.put(1L, item("new"));
    // What an INVALIDATE does, but for the entry, which is deleted before anyone can read it.
    items.redis.eval("""
        redis.call('DEL',KEYS[1],KEYS[2])
        local id=redis.call('XADD',KEYS[3],'*','p',redis.call('GET',KEYS[4]),'c','item','k','')
        redis.call('SET',KEYS[4],id); redis.call('XDEL',KEYS[3],id)
        return id""", keys("v:item:1", "l:item:1", "inv", "last"), List.of());
    await().atMost(BOUND.plusSeconds(2)).untilAsserted(() -> assertThat(second.get(1L)).isEqualTo(item("new")));
    await().until(() -> items.two.losses() > losses);
  }

  @Test
  void a_log_whose_chain_is_broken_empties_the_heap() {
    first.get(1L);
    int losses = items.one.losses();
    items.source.put(1L, item("new"));
    // The right to fill it goes as well, as in an INVALIDATE: Redis may not yet have what its caller has.
    items.redis.eval("""
        redis.call('DEL',KEYS[1],KEYS[2])
        local id=redis.call('XADD',KEYS[3],'*','p','1-1','c','other','k','')
        redis.call('SET',KEYS[4],id)
        return id""", keys("v:item:1", "l:item:1", "inv", "last"), List.of());
    await().until(() -> items.one.losses() > losses);
    assertThat(first.get(1L)).isEqualTo(item("new"));
  }

  @Test
  void a_log_that_goes_past_its_head_without_it_proves_nothing() {
    int losses = items.one.losses();
    // As a reader sees it whose link has stayed with an old primary while the head is that of the new one: unbroken
    // entries, but the head is none of them.
    await().pollInterval(Duration.ofMillis(20)).until(() -> {
      items.redis.eval("""
          local newest=redis.call('XREVRANGE',KEYS[1],'+','-','COUNT',1)
          local p=newest[1] and newest[1][1] or '0-0'
          local n=tonumber(string.sub(p,1,string.find(p,'-')-1))+2
          redis.call('XADD',KEYS[1],n..'-0','p',p,'c','other','k','')
          redis.call('SET',KEYS[2],n+1 ..'-0')""", keys("inv", "last"), List.of());
      return items.one.losses() > losses;
    });
  }

  @Test
  void a_redis_that_has_forgotten_everything_empties_the_heap_and_is_filled_again() {
    first.get(1L);
    second.get(1L);
    items.source.put(1L, item("new"));
    items.redis.flushAll();
    await().atMost(BOUND.plusSeconds(2)).untilAsserted(() -> {
      assertThat(first.get(1L)).isEqualTo(item("new"));
      assertThat(second.get(1L)).isEqualTo(item("new"));
    });
    items.one.awaitProven();
    items.two.awaitProven();
    items.source.put(1L, item("newer"));
    first.invalidate(1L);
    await().untilAsserted(() -> assertThat(second.get(1L)).isEqualTo(item("newer")));
  }

  @Test
  void without_redis_the_heap_falls_silent_within_the_bound_and_a_write_is_seen_at_once_by_its_writer()
      throws Exception {
    first.get(1L);
    second.get(1L);
    items.pauseRedis();
    try {
      items.source.put(1L, item("new"));
      first.invalidate(1L);
      assertThat(items.one.pending("item", "1")).isTrue();
      assertThat(first.get(1L)).as("by its writer").isEqualTo(item("new"));
      await().atMost(BOUND.plusMillis(600)).untilAsserted(() -> assertThat(second.peek(1L)).isNull());
      assertThat(second.get(1L)).as("from the source").isEqualTo(item("new"));
      assertThat(second.stats().bypassed()).isPositive();
    } finally {
      items.resumeRedis();
    }
    await().until(() -> !items.one.pending("item", "1"));
    items.one.awaitProven();
    items.two.awaitProven();
    assertThat(second.get(1L)).isEqualTo(item("new"));
    assertThat(first.get(1L)).isEqualTo(item("new"));
    items.source.put(1L, item("newer"));
    second.invalidate(1L);
    await().untilAsserted(() -> assertThat(first.get(1L)).isEqualTo(item("newer")));
  }

  @Test
  void a_redis_that_answers_reads_and_refuses_writes_does_not_hide_a_write_from_its_writer() {
    first.get(1L);
    await().until(() -> first.stats().stored() == 1);
    items.redis.configSet("min-replicas-to-write", "1");
    try {
      items.source.put(1L, item("new"));
      first.invalidate(1L);
      assertThat(items.one.pending("item", "1")).isTrue();
      assertThat(first.get(1L)).as("although Redis still has the old value").isEqualTo(item("new"));
      assertThat(first.getAll(List.of(1L, 2L))).as("with others").containsEntry(1L, item("new"));
      assertThat(first.peek(1L)).isNull();
    } finally {
      items.redis.configSet("min-replicas-to-write", "0");
    }
    await().until(() -> !items.one.pending("item", "1"));
    assertThat(second.get(1L)).isEqualTo(item("new"));
  }

  @Test
  void an_instance_that_is_stopped_first_hands_over_what_redis_did_not_take() throws Exception {
    first.get(1L);
    assertThat(second.get(1L)).isEqualTo(item("old"));
    items.redis.configSet("min-replicas-to-write", "1");
    Thread stop;
    try {
      items.source.put(1L, item("new"));
      first.invalidate(1L);
      assertThat(items.one.pending("item", "1")).isTrue();
      stop = Thread.ofPlatform().start(items.one::stopLog);
      await().until(() -> !items.one.reading());
    } finally {
      items.redis.configSet("min-replicas-to-write", "0");
    }
    stop.join();
    await().untilAsserted(() -> assertThat(second.get(1L)).isEqualTo(item("new")));
  }
}
