package dev.scalable.cache;

import static dev.scalable.cache.CachePair.inBackground;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many keys at once: few round trips, one load, and each key fenced for itself. */
class BulkReadTest {

  private final CachePair pair = CachePair.start("SCALABLE_CACHE_LOAD_TIMEOUT", "2s");
  private final Map<Long, String> source = new ConcurrentHashMap<>(Map.of(1L, "a", 2L, "b", 3L, "c", 4L, "d"));
  private final List<Set<Long>> asked = new CopyOnWriteArrayList<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  BulkReadTest() throws Exception {}

  @AfterEach
  void stop() throws Exception {
    gate.countDown();
    pair.close();
  }

  private CacheBuilder<Long, String> builder(CacheInstance instance) {
    return instance.caches().named("item", Long.class, String.class).expireAfterWrite(Duration.ofMinutes(1));
  }

  private TwoTierCache<Long, String> cache(CacheInstance instance) {
    return builder(instance).build(id -> {
      asked.add(Set.of(id));
      return source.get(id);
    }, this::loadAll);
  }

  private Map<Long, String> loadAll(Set<Long> ids) throws InterruptedException {
    asked.add(new TreeSet<>(ids));
    Map<Long, String> found = ids.stream().filter(source::containsKey).collect(Collectors.toMap(id -> id, source::get));
    gate.await();
    return found;
  }

  private long calls(String command) {
    return Pattern.compile("cmdstat_" + command + ":calls=(\\d+)").matcher(pair.redis.info("commandstats")).results()
        .mapToLong(found -> Long.parseLong(found.group(1))).sum();
  }

  @Test
  void keys_come_from_where_they_are_and_the_rest_is_loaded_in_one_call() {
    TwoTierCache<Long, String> cache = cache(pair.one);
    TwoTierCache<Long, String> other = cache(pair.two);
    assertThat(cache.get(1L)).isEqualTo("a");
    assertThat(other.get(2L)).isEqualTo("b");
    await().until(() -> other.stats().stored() == 1);
    asked.clear();
    long before = calls("mget");
    assertThat(cache.getAll(List.of(3L, 1L, 9L, 2L, 4L, 3L))).containsExactly(Map.entry(1L, "a"), Map.entry(3L, "c"),
        Map.entry(2L, "b"), Map.entry(4L, "d"));
    assertThat(calls("mget") - before).as("one round trip for what is not in the heap").isEqualTo(1);
    assertThat(asked).containsExactly(new TreeSet<>(Set.of(3L, 4L, 9L)));
    assertThat(cache.stats().farHits()).isEqualTo(1);
    await().until(() -> cache.stats().stored() == 4);
    assertThat(cache.getAll(List.of(1L, 2L, 3L, 4L, 9L))).hasSize(4);
    assertThat(other.getAll(List.of(4L, 3L, 9L))).containsExactly(Map.entry(4L, "d"), Map.entry(3L, "c"));
    assertThat(asked).as("that there is no 9 is known as well").hasSize(1);
    assertThat(cache.getAll(List.of())).isEmpty();
  }

  /** Case 6 of the twenty. */
  @Test
  void a_key_that_is_invalidated_while_it_is_loaded_with_others_is_kept_nowhere_and_the_others_are() throws Exception {
    TwoTierCache<Long, String> cache = cache(pair.one);
    TwoTierCache<Long, String> other = cache(pair.two);
    gate = new CountDownLatch(1);
    FutureTask<Map<Long, String>> reader = inBackground(() -> cache.getAll(List.of(1L, 2L, 3L)));
    await().until(() -> asked.size() == 1);
    source.put(2L, "B");
    other.invalidate(2L);
    assertThat(other.get(2L)).isEqualTo("B");
    gate.countDown();
    assertThat(reader.get()).as("asked before the invalidation").containsEntry(2L, "b").hasSize(3);
    await().until(() -> cache.stats().fenced() == 1 && cache.stats().stored() == 2);
    await().untilAsserted(() -> assertThat(cache.get(2L)).isEqualTo("B"));
    assertThat(cache.peek(1L)).isNotNull();
    assertThat(other.get(3L)).isEqualTo("c");
    assertThat(other.get(2L)).isEqualTo("B");
  }

  @Test
  void who_asks_for_one_of_the_keys_meanwhile_joins_and_calls_that_overlap_both_end() throws Exception {
    TwoTierCache<Long, String> cache = cache(pair.one);
    gate = new CountDownLatch(1);
    FutureTask<Map<Long, String>> up = inBackground(() -> cache.getAll(List.of(1L, 2L, 3L)));
    await().until(() -> asked.size() == 1);
    FutureTask<Map<Long, String>> down = inBackground(() -> cache.getAll(List.of(4L, 3L, 2L)));
    FutureTask<String> single = inBackground(() -> cache.get(1L));
    await().until(() -> asked.size() == 2);
    gate.countDown();
    assertThat(up.get()).hasSize(3);
    assertThat(down.get()).containsExactly(Map.entry(4L, "d"), Map.entry(3L, "c"), Map.entry(2L, "b"));
    assertThat(single.get()).isEqualTo("a");
    assertThat(asked).hasSize(2);
  }

  @Test
  void keys_that_another_instance_is_loading_are_waited_for_and_the_others_are_not_held_up() throws Exception {
    TwoTierCache<Long, String> cache = cache(pair.one);
    TwoTierCache<Long, String> other = cache(pair.two);
    gate = new CountDownLatch(1);
    FutureTask<Map<Long, String>> first = inBackground(() -> other.getAll(List.of(1L, 2L)));
    await().until(() -> asked.size() == 1);
    FutureTask<Map<Long, String>> second = inBackground(() -> cache.getAll(List.of(2L, 3L, 4L)));
    await().until(() -> asked.size() == 2);
    assertThat(asked).last().isEqualTo(new TreeSet<>(Set.of(3L, 4L)));
    gate.countDown();
    assertThat(first.get()).hasSize(2);
    assertThat(second.get()).hasSize(3);
    assertThat(asked).hasSize(2);
  }

  @Test
  void a_load_of_many_that_fails_fails_the_call_and_leaves_no_lease() {
    TwoTierCache<Long, String> cache = builder(pair.one).build(source::get, ids -> {
      throw new IllegalStateException("no " + ids.size());
    });
    assertThatThrownBy(() -> cache.getAll(List.of(1L, 2L))).isInstanceOf(IllegalStateException.class)
        .hasMessage("no 2");
    await().until(() -> !pair.leased("item", 1) && !pair.leased("item", 2));
    assertThat(cache.get(1L)).isEqualTo("a");
  }

  @Test
  void without_a_loader_of_many_each_is_loaded_by_itself_in_one_place() {
    TwoTierCache<Long, String> cache = builder(pair.one).build(id -> {
      asked.add(Set.of(id));
      assertThat(pair.one.caches().loads().free()).isEqualTo(7);
      return source.get(id);
    });
    assertThat(cache.getAll(List.of(1L, 2L, 3L))).hasSize(3);
    assertThat(asked).containsExactly(Set.of(1L), Set.of(2L), Set.of(3L));
  }

  @Test
  void more_keys_than_one_round_trip_takes_come_in_several() {
    TwoTierCache<Long, String> cache = builder(pair.one).build(id -> "v" + id,
        ids -> ids.stream().collect(Collectors.toMap(id -> id, id -> "v" + id)));
    List<Long> many = LongStream.range(0, 1_200).boxed().toList();
    assertThat(cache.getAll(many)).hasSize(1_200).containsEntry(1_199L, "v1199");
    await().until(() -> cache.stats().stored() == 1_200);
    assertThat(cache.stats().loads()).isEqualTo(1_200);
  }

  @Test
  void a_look_without_loading_finds_what_is_in_the_heap_or_in_redis() {
    TwoTierCache<Long, String> cache = cache(pair.one);
    TwoTierCache<Long, String> other = cache(pair.two);
    assertThat(cache.getIfPresent(1L)).isNull();
    assertThat(cache.get(1L)).isEqualTo("a");
    await().until(() -> cache.stats().stored() == 1);
    asked.clear();
    assertThat(cache.getIfPresent(1L)).isEqualTo("a");
    assertThat(other.getIfPresent(1L)).as("on an instance that has not asked Redis for anything before").isEqualTo("a");
    assertThat(other.peek(1L)).isNull();
    other.invalidate(1L);
    assertThat(other.getIfPresent(1L)).isNull();
    assertThat(asked).isEmpty();
  }
}
