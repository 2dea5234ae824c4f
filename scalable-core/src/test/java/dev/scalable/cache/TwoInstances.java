package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Two instances with a Redis of whatever kind, and a map for the database. */
final class TwoInstances implements AutoCloseable {

  record Item(long id, String name) {}

  static final Duration BOUND = Duration.ofMillis(600);

  /**
   * Longer than it takes until a machine that is busy with other work has found that a master is gone, and made
   * another.
   */
  static final Duration LIMIT = Duration.ofSeconds(60);

  final CacheInstance one;
  final CacheInstance two;
  final TwoTierCache<Long, Item> first;
  final TwoTierCache<Long, Item> second;
  private final Map<Long, Item> source = new ConcurrentHashMap<>();
  private final AtomicInteger versions = new AtomicInteger();

  TwoInstances(String redis, String namespace) throws Exception {
    Map<String, String> environment = new HashMap<>(Map.of(
        "SCALABLE_REDIS_URL", redis,
        "SCALABLE_REDIS_TIMEOUT", "300ms",
        "SCALABLE_DB_URL", TestStack.postgres().jdbcUrl(),
        "SCALABLE_DB_USER", TestStack.postgres().user(),
        "SCALABLE_DB_PASSWORD", TestStack.postgres().password(),
        "SCALABLE_DB_POOL_SIZE", "1",
        "SCALABLE_CACHE_NAMESPACE", namespace,
        "SCALABLE_CACHE_NEAR_VALIDITY", BOUND.toMillis() + "ms"));
    one = CacheInstance.begin(environment);
    two = CacheInstance.begin(environment);
    one.awaitProven();
    two.awaitProven();
    first = cache(one);
    second = cache(two);
  }

  private TwoTierCache<Long, Item> cache(CacheInstance instance) {
    return instance.caches().named("item", Long.class, Item.class).expireAfterWrite(Duration.ofMinutes(10))
        .build(this::load);
  }

  private @Nullable Item load(Long id) {
    return source.get(id);
  }

  /** Writes and invalidates on the one, and returns what both are to see. */
  Item write(long id) {
    Item written = new Item(id, "version " + versions.incrementAndGet());
    source.put(id, written);
    first.invalidate(id);
    return written;
  }

  /** That the one sees a write at once, and the other when the bound has passed; before that in all likelihood. */
  void aWriteIsSeen(long id) {
    second.get(id);
    Item written = write(id);
    assertThat(first.get(id)).isEqualTo(written);
    // At once, unless the machine is so busy that Redis did not answer in time.
    await().atMost(LIMIT).until(() -> !one.pending("item", Long.toString(id)));
    long end = System.nanoTime() + BOUND.toNanos();
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(second.get(id)).isEqualTo(written);
    assertThat(first.get(id)).isEqualTo(written);
  }

  /** That both serve from their heaps again, values that are proven to be current. */
  void awaitHealed() {
    await().atMost(LIMIT).until(() -> one.proven() && two.proven());
    await().atMost(LIMIT).until(() -> {
      first.get(0L);
      second.get(0L);
      return first.peek(0L) != null && second.peek(0L) != null;
    });
  }

  @Override
  public void close() throws Exception {
    one.close();
    two.close();
  }
}
