package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import dev.scalable.cache.Items.Item;
import dev.scalable.testkit.link.Link;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Case 12 of the twenty: an instance whose links to Redis are open and carry nothing. */
class SilentLinkTest {

  private static final Duration BOUND = Duration.ofMillis(800);

  @Test
  void the_heap_is_silent_within_the_bound_and_afterwards_the_log_is_read_on_and_nothing_is_emptied() throws Exception {
    String namespace = "silent-" + UUID.randomUUID();
    Items items = new Items(namespace);
    items.set(1, "old");
    items.set(2, "kept");
    String bound = BOUND.toMillis() + "ms";
    try (Link link = Link.to(TestStack.redis().address());
        CacheInstance one = CacheInstance.start(CacheInstance.environment(namespace,
            URI.create("redis://127.0.0.1:" + link.address().getPort()), "SCALABLE_CACHE_NEAR_VALIDITY", bound));
        CacheInstance two = CacheInstance.start(CacheInstance.environment(namespace, TestStack.redis().uri(),
            "SCALABLE_CACHE_NEAR_VALIDITY", bound))) {
      TwoTierCache<Long, Item> first = Items.cache(one);
      TwoTierCache<Long, Item> second = Items.cache(two);
      assertThat(Items.name(first, 1)).isEqualTo("old");
      assertThat(Items.name(first, 2)).isEqualTo("kept");
      await().until(() -> first.stats().stored() == 2);
      int losses = one.losses();

      link.blackhole();
      long began = System.nanoTime();
      two.db().write(tx -> {
        Items.set(tx, 1, "new");
        second.invalidate(tx, 1L);
        return 0;
      });
      await().pollInterval(Duration.ofMillis(5)).until(() -> !one.proven());
      assertThat(Duration.ofNanos(System.nanoTime() - began)).as("the bound, and what a loaded machine adds")
          .isLessThan(BOUND.plusSeconds(2));
      assertThat(Items.name(first, 1)).as("from its source").isEqualTo("new");
      assertThat(Items.name(second, 1)).isEqualTo("new");

      link.restore();
      one.awaitProven();
      assertThat(one.losses()).as("the log covered what had happened").isEqualTo(losses);
      assertThat(one.caches().coherence().resyncs().values()).containsOnly(0L);
      assertThat(Items.name(first, 1)).isEqualTo("new");
      long loads = first.stats().loads();
      assertThat(Items.name(first, 2)).isEqualTo("kept");
      assertThat(first.stats().loads()).as("in the heap all the time").isEqualTo(loads);
    }
  }
}
