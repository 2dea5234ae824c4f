package dev.scalable.benchmarks.hits;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.benchmarks.CachingInstance;
import dev.scalable.benchmarks.Machine;
import dev.scalable.benchmarks.Quartiles;
import dev.scalable.benchmarks.Stores;
import dev.scalable.cache.TwoTierCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/**
 * Measures a hit in Redis, the heap switched off, beside a GET of the same bytes by plain Jedis, which decodes nothing.
 * The bar is 1.3 times. Windows of one and the other take turns, and what is said is the median of the windows and of the
 * ratios of neighbours, so that a disturbance longer than a window does not move the ratio. Run by
 *
 * <pre>
 * mvn -Pbench -pl docs/benchmarks -am test -Dtest=FarHitBench -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
final class FarHitBench {

  private static final int WINDOWS = Integer.getInteger("far.windows", 200);
  private static final int READS = Integer.getInteger("far.reads", 500);
  private static final int WARM_UP = 60;

  /** Reads one value. */
  private interface Read {
    Object once();
  }

  @Test
  void prints_the_time_of_a_hit() throws Exception {
    System.out.printf("%n%s; %d windows of %d reads%n", Machine.line(), WINDOWS, READS);
    String namespace = "far-" + UUID.randomUUID();
    try (Stores stores = new Stores(); RedisClient jedis = RedisClient.create(stores.redis())) {
      Map<String, String> environment = stores.environment(namespace);
      environment.put("SCALABLE_CACHE_NEAR_VALIDITY", "0s");
      try (CachingInstance instance = CachingInstance.start(environment)) {
        TwoTierCache<Long, Item> cache = instance.caches().named("item", Long.class, Item.class)
            .expireAfterWrite(Duration.ofMinutes(30)).build(Item::of);
        assertThat(cache.get(1L)).isEqualTo(Item.of(1));
        byte[] key = ("{" + namespace + "}v:item:1").getBytes(UTF_8);
        byte[] bytes = jedis.get(key);
        assertThat(bytes).as("the stored value").isNotNull();
        measure(bytes.length, () -> jedis.get(key), () -> cache.get(1L));
        assertThat(cache.stats().loads()).as("loads, of which one was to be").isEqualTo(1);
        assertThat(cache.stats().nearHits()).as("hits in the heap").isZero();
      }
    }
    System.out.println(Machine.line());
  }

  private static void measure(int bytes, Read plain, Read ours) {
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
    System.out.printf(Locale.ROOT, "%d bytes in Redis; us (quartiles)%nJedis GET   %s%nour L2 hit  %s   times Jedis %s%n", bytes,
        Quartiles.of(plainMicros).text("%.1f"), Quartiles.of(oursMicros).text("%.1f"), Quartiles.of(ratios).text("%.2f"));
  }

  private static double micros(Read read) {
    long begun = System.nanoTime();
    for (int i = 0; i < READS; i++) {
      if (read.once() == null) {
        throw new IllegalStateException("A value was not there");
      }
    }
    return (System.nanoTime() - begun) / 1e3 / READS;
  }
}
