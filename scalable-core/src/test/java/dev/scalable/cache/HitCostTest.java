package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A value in the heap is served without making any garbage. */
class HitCostTest {

  private static final int READS = 100_000;

  @Test
  void a_hit_in_the_heap_allocates_nothing() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (CachePair pair = CachePair.start()) {
      TwoTierCache<Long, String> cache = pair.one.caches().named("hit", Long.class, String.class)
          .expireAfterWrite(Duration.ofMinutes(1)).build(id -> "value");
      Long key = 1_000_000L;
      assertThat(cache.get(key)).isEqualTo("value");
      long least = Long.MAX_VALUE;
      // The compiler needs some rounds before it sees that what is made does not escape.
      for (int round = 0; round < 20 && least > READS / 100; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < READS; i++) {
          Objects.requireNonNull(cache.get(key));
          Objects.requireNonNull(cache.peek(key));
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(least).as("bytes for " + READS + " hits by get and by peek").isLessThan(READS / 100);
      assertThat(cache.stats().loads()).isEqualTo(1);
    }
  }
}
