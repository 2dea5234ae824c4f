package dev.scalable.cache;

import static dev.scalable.cache.CachePair.inBackground;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import dev.scalable.cache.Items.Item;
import dev.scalable.db.Db;
import dev.scalable.db.Tx;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Case 9 of the twenty: a transaction that still sees what was there before a commit. */
class SnapshotTest {

  private static String name(Tx tx) {
    return tx.handle().createQuery("select name from item where id = 1").mapTo(String.class).one();
  }

  @Test
  void a_transaction_that_was_opened_before_a_commit_fills_no_cache_from_its_snapshot() throws Exception {
    String namespace = "snapshot-" + UUID.randomUUID();
    Items items = new Items(namespace);
    items.set(1, "old");
    try (CacheInstance one = CacheInstance.start(CacheInstance.environment(namespace, TestStack.redis().uri()));
        CacheInstance two = CacheInstance.start(CacheInstance.environment(namespace, TestStack.redis().uri()))) {
      TwoTierCache<Long, Item> first = Items.cache(one);
      TwoTierCache<Long, Item> second = Items.cache(two);
      assertThat(Items.name(first, 1)).isEqualTo("old");
      String seen = one.db().write(Db.Isolation.REPEATABLE_READ, tx -> {
        assertThat(name(tx)).as("it takes its snapshot here").isEqualTo("old");
        inBackground(() -> two.db().write(other -> {
          Items.set(other, 1, "new");
          second.invalidate(other, 1L);
          return 0;
        })).get();
        assertThatThrownBy(() -> first.get(1L)).isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("transaction");
        await().untilAsserted(() ->
            assertThat(inBackground(() -> Items.name(first, 1)).get()).as("by another request").isEqualTo("new"));
        return name(tx);
      });
      assertThat(seen).as("in the transaction, to its end").isEqualTo("old");
      assertThat(Items.name(first, 1)).isEqualTo("new");
      assertThat(Items.name(second, 1)).isEqualTo("new");
    }
  }
}
