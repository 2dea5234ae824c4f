package dev.scalable.benchmarks.hits;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.benchmarks.CachingInstance;
import dev.scalable.benchmarks.Machine;
import dev.scalable.benchmarks.Quartiles;
import dev.scalable.benchmarks.Stores;
import dev.scalable.cache.CacheStats;
import dev.scalable.cache.TwoTierCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/**
 * Measures a hit in Redis, the heap being too small, beside a GET of the same bytes by plain Jedis, which decodes
 * nothing. The bar is 1.3 times. Windows of one and the other take turns, and what is said is the median of the windows
 * and of the ratios of neighbours, so that a disturbance longer than a window does not move the ratio. Run by
 *
 * <pre>
 * mvn -Pbench -pl docs/benchmarks -am test -Dtest=FarHitBench -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
final class FarHitBench {

  private static final int WINDOWS = Integer.getInteger("far.windows", 200);
  private static final int READS = Integer.getInteger("far.reads", 500);
  private static final int WARM_UP = 60;

  /** Each is read in its turn, so that none is still in a heap that has room for one. */
  private static final int KEYS = 500;

  /** Reads a value. */
  private interface Read {
    @Nullable Object of(int key);
  }

  @Test
  void prints_the_time_of_a_hit() throws Exception {
    System.out.printf("%n%s; %d windows of %d reads%n", Machine.line(), WINDOWS, READS);
    String namespace = "far-" + UUID.randomUUID();
    try (Stores stores = new Stores();
        RedisClient jedis = RedisClient.create(stores.redis());
        CachingInstance instance = CachingInstance.start(stores.environment(namespace))) {
      TwoTierCache<Integer, Item> cache = instance.caches().named("item", Integer.class, Item.class)
          .expireAfterWrite(Duration.ofMinutes(30)).maximumSize(1).build(Item::of);
      byte[][] keys = new byte[KEYS][];
      for (int i = 0; i < KEYS; i++) {
        cache.get(i);
        keys[i] = ("{" + namespace + "}v:item:" + i).getBytes(UTF_8);
        // A caller gets what was loaded before Redis has taken it.
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (jedis.get(keys[i]) == null && System.nanoTime() - end < 0) {
          Thread.onSpinWait();
        }
        assertThat(jedis.get(keys[i])).as("the stored value").isNotNull();
      }
      CacheStats before = cache.stats();
      System.out.printf("%d bytes in Redis%n", jedis.get(keys[0]).length);
      measure(key -> jedis.get(keys[key]), cache::get);
      long hits = cache.stats().farHits() - before.farHits();
      System.out.printf(Locale.ROOT, "of ours %,d from Redis, %,d from the heap, %,d loaded%n", hits,
          cache.stats().nearHits() - before.nearHits(), cache.stats().loads() - before.loads());
      assertThat(hits).as("hits in Redis").isGreaterThan((long) (0.999 * (WINDOWS + WARM_UP) * READS));
    }
    System.out.println(Machine.line());
  }

  private static void measure(Read plain, Read ours) {
    List<Double> plainMicros = new ArrayList<>();
    List<Double> oursMicros = new ArrayList<>();
    for (int window = -WARM_UP; window < WINDOWS; window++) {
      boolean plainFirst = window % 2 == 0;
      double first = micros(plainFirst ? plain : ours);
      double second = micros(plainFirst ? ours : plain);
      if (window >= 0) {
        plainMicros.add(plainFirst ? first : second);
        oursMicros.add(plainFirst ? second : first);
      }
    }
    List<Double> ratios = IntStream.range(0, WINDOWS).mapToObj(i -> oursMicros.get(i) / plainMicros.get(i)).toList();
    System.out.printf("us (quartiles)%nJedis GET   %s%nour L2 hit  %s   times Jedis %s%n",
        Quartiles.of(plainMicros).text("%.1f"), Quartiles.of(oursMicros).text("%.1f"),
        Quartiles.of(ratios).text("%.2f"));
  }

  private static double micros(Read read) {
    long begun = System.nanoTime();
    for (int i = 0; i < READS; i++) {
      if (read.of(i % KEYS) == null) {
        throw new IllegalStateException("A value was not there");
      }
    }
    return (System.nanoTime() - begun) / 1e3 / READS;
  }
}
