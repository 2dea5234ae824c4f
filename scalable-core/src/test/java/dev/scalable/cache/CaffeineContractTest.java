package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** What {@link NearTier} relies on in Caffeine, made as it makes its own: a newer one that breaks it is found here. */
class CaffeineContractTest {

  private static final Duration TTL = Duration.ofMinutes(1);

  /** Moves when it is told to, as the end of the proof does. */
  private final AtomicLong clock = new AtomicLong();

  private final Cache<String, CompletableFuture<String>> cache = made(10, Runnable::run).build();
  private final Map<String, CompletableFuture<String>> places = cache.asMap();

  private Caffeine<Object, Object> made(long maximumSize, Executor upkeep) {
    return Caffeine.newBuilder().maximumSize(maximumSize).expireAfterWrite(TTL).ticker(clock::get).executor(upkeep);
  }

  private static CompletableFuture<String> pending() {
    return new CompletableFuture<>();
  }

  private CompletableFuture<String> placed(String key) {
    CompletableFuture<String> future = pending();
    assertThat(places.putIfAbsent(key, future)).isNull();
    return future;
  }

  private void pass(Duration span) {
    clock.addAndGet(span.toNanos());
  }

  @Test
  void a_future_is_held_as_any_value_and_not_put_back_when_it_completes() {
    CompletableFuture<String> future = placed("key");
    assertThat(places.putIfAbsent("key", pending())).as("while it is pending").isSameAs(future);
    assertThat(places.remove("key")).isSameAs(future);
    future.complete("old");
    cache.cleanUp();
    assertThat(places).isEmpty();
  }

  @Test
  void all_places_are_given_up_at_once_those_of_pending_futures_too() {
    CompletableFuture<String> future = placed("key");
    placed("other").complete("done");
    places.clear();
    assertThat(places.get("key")).isNull();
    assertThat(places.get("other")).isNull();
    assertThat(future).isNotDone();
    future.complete("old");
    assertThat(places).isEmpty();
  }

  @Test
  void a_future_is_removed_and_replaced_only_if_it_is_the_very_one() {
    CompletableFuture<String> first = CompletableFuture.completedFuture("same");
    CompletableFuture<String> second = CompletableFuture.completedFuture("same");
    places.put("key", second);
    assertThat(places.remove("key", first)).isFalse();
    assertThat(places.replace("key", first, pending())).isFalse();
    assertThat(places.get("key")).isSameAs(second);
    assertThat(places.replace("key", second, first)).isTrue();
    assertThat(places.get("key")).isSameAs(first);
    assertThat(places.remove("key", first)).isTrue();
    assertThat(places.replace("key", first, second)).as("of a place that is gone").isFalse();
    assertThat(places).isEmpty();
  }

  @Test
  void a_place_that_has_expired_is_free_and_can_be_neither_replaced_nor_got() {
    CompletableFuture<String> old = placed("key");
    pass(TTL);
    assertThat(places.get("key")).isNull();
    assertThat(places.replace("key", old, pending())).isFalse();
    assertThat(places.remove("key", old)).isFalse();
    CompletableFuture<String> next = placed("key");
    old.complete("old");
    assertThat(places.get("key")).isSameAs(next);
  }

  @Test
  void a_replacement_has_a_time_of_its_own() {
    CompletableFuture<String> first = placed("key");
    pass(TTL.dividedBy(2));
    CompletableFuture<String> second = pending();
    assertThat(places.replace("key", first, second)).isTrue();
    pass(TTL.dividedBy(2));
    assertThat(places.get("key")).isSameAs(second);
    pass(TTL.dividedBy(2));
    assertThat(places.get("key")).isNull();
  }

  /** As when no check of the log succeeds: nothing is served then, and what is there only takes memory. */
  @Test
  void nothing_expires_while_the_clock_stands_and_the_size_holds_all_the_same() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(placed("key" + i)).isNotDone();
    }
    cache.cleanUp();
    assertThat(places).hasSize(10);
  }

  @Test
  void all_expires_when_the_clock_jumps_and_nothing_that_comes_after() {
    assertThat(placed("key")).isNotDone();
    assertThat(placed("other")).isNotDone();
    pass(Duration.ofDays(10_000));
    CompletableFuture<String> next = placed("key");
    cache.cleanUp();
    assertThat(places).containsOnlyKeys("key").containsValue(next);
  }

  /** As when the proof is lost: its end is now, and was later. */
  @Test
  void a_clock_that_goes_back_takes_nothing_and_lets_nothing_live_longer_than_it_went() {
    pass(TTL);
    CompletableFuture<String> early = placed("early");
    clock.addAndGet(-Duration.ofSeconds(2).toNanos());
    CompletableFuture<String> late = placed("late");
    cache.cleanUp();
    assertThat(places.get("early")).isSameAs(early);
    assertThat(places.get("late")).isSameAs(late);
    pass(TTL);
    assertThat(places.get("late")).isNull();
    assertThat(places.get("early")).isSameAs(early);
    pass(Duration.ofSeconds(2));
    assertThat(places.get("early")).isNull();
  }

  @Test
  void what_is_evicted_loses_its_place_and_nothing_else_happens_to_it() {
    List<CompletableFuture<String>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(placed("key" + i));
    }
    cache.cleanUp();
    assertThat(places).hasSize(10);
    places.forEach((key, future) -> assertThat(future).isSameAs(all.get(Integer.parseInt(key.substring(3)))));
    assertThat(all).allSatisfy(future -> assertThat(future).isNotDone());
    all.forEach(future -> future.complete("value"));
    cache.cleanUp();
    assertThat(places).hasSize(10);
  }

  /**
   * Places are given and taken by many threads at once, which do the upkeep, and each is given once and taken once: by
   * a removal, a replacement or an eviction. Ends; so nobody waits for the upkeep that waits for them.
   */
  @Test
  void upkeep_is_done_by_those_who_call_and_no_place_is_given_or_taken_twice() throws Exception {
    LongAdder given = new LongAdder();
    LongAdder taken = new LongAdder();
    LongAdder evicted = new LongAdder();
    Set<Thread> upkeep = ConcurrentHashMap.newKeySet();
    Set<Thread> callers = ConcurrentHashMap.newKeySet();
    Executor atOnce = task -> {
      upkeep.add(Thread.currentThread());
      task.run();
    };
    Cache<Integer, CompletableFuture<String>> small =
        made(50, atOnce).evictionListener((key, future, cause) -> evicted.increment()).build();
    Map<Integer, CompletableFuture<String>> shared = small.asMap();
    List<Callable<Void>> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      SplittableRandom random = new SplittableRandom(i);
      threads.add(() -> {
        callers.add(Thread.currentThread());
        for (int j = 0; j < 20_000; j++) {
          int key = random.nextInt(200);
          CompletableFuture<String> mine = pending();
          CompletableFuture<String> there = shared.putIfAbsent(key, mine);
          if (there == null) {
            given.increment();
            mine.complete("value");
          } else if (random.nextBoolean()) {
            if (shared.remove(key, there)) {
              taken.increment();
            }
          } else if (shared.replace(key, there, mine)) {
            taken.increment();
            given.increment();
          }
        }
        return null;
      });
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(threads.size())) {
      for (Future<Void> each : pool.invokeAll(threads)) {
        each.get();
      }
    }
    callers.add(Thread.currentThread());
    small.cleanUp();
    assertThat(shared).hasSizeLessThanOrEqualTo(50);
    assertThat(given.sum()).isEqualTo(taken.sum() + evicted.sum() + shared.size());
    assertThat(evicted.sum()).isPositive();
    assertThat(callers).containsAll(upkeep);
  }
}
