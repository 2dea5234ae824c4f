package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.cache.Items.Item;
import dev.scalable.redis.OwnValkey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances with a real Valkey: the scripts do there what they do in a Redis. */
class ValkeyTest {

  private static final Duration LONGEST = Duration.ofSeconds(60);

  @TempDir
  private static Path folder;

  private static OwnValkey valkey;

  private final String namespace = "valkey-" + UUID.randomUUID();
  private final Items items = new Items(namespace);
  private CacheInstance one;
  private CacheInstance two;
  private TwoTierCache<Long, Item> first;
  private TwoTierCache<Long, Item> second;

  @BeforeAll
  static void start_it() throws Exception {
    OwnValkey.assumeUsable();
    valkey = OwnValkey.start(folder);
  }

  @AfterAll
  static void stop_it() throws Exception {
    if (valkey != null) {
      valkey.close();
    }
  }

  @BeforeEach
  void start() throws Exception {
    items.set(1, "old");
    items.set(2, "old");
    Map<String, String> environment = CacheInstance.environment(namespace, valkey.uri());
    one = CacheInstance.begin(environment);
    two = CacheInstance.begin(environment);
    one.awaitProven();
    two.awaitProven();
    first = Items.cache(one);
    second = Items.cache(two);
    await().until(() -> one.outbox().isPresent() && two.outbox().isPresent());
    for (TwoTierCache<Long, Item> each : List.of(first, second)) {
      assertThat(Items.name(each, 1)).isEqualTo("old");
      assertThat(Items.name(each, 2)).isEqualTo("old");
    }
  }

  @AfterEach
  void stop() throws Exception {
    one.close();
    two.close();
  }

  private void awaitEverywhere(long id, String name) {
    await().atMost(LONGEST).untilAsserted(() -> {
      assertThat(Items.name(first, id)).isEqualTo(name);
      assertThat(Items.name(second, id)).isEqualTo(name);
    });
  }

  private void rename(long id, String name) {
    one.db().write(tx -> {
      Items.set(tx, id, name);
      first.invalidate(tx, id);
      return 0;
    });
  }

  @Test
  void it_is_a_valkey_and_a_value_is_loaded_once_for_both() {
    assertThat(valkey.info("server")).contains("server_name:valkey");
    assertThat(first.stats().loads() + second.stats().loads()).isEqualTo(2);
    await().atMost(LONGEST).until(() -> first.peek(1L) != null && second.peek(1L) != null);
  }

  @Test
  void an_invalidation_is_seen_at_once_here_and_soon_there() {
    rename(1, "new");
    assertThat(Items.name(first, 1)).isEqualTo("new");
    awaitEverywhere(1, "new");
  }

  @Test
  void all_keys_are_invalidated_on_both() {
    items.set(1, "new");
    items.set(2, "new");
    first.invalidateAll();
    assertThat(Items.name(first, 2)).isEqualTo("new");
    awaitEverywhere(1, "new");
    awaitEverywhere(2, "new");
  }

  @Test
  void after_a_restart_that_lost_everything_there_is_a_new_epoch_and_both_serve_again() {
    rename(1, "new");
    awaitEverywhere(1, "new");
    List<String> before = items.takenIn();
    valkey.restart();
    rename(2, "new");
    awaitEverywhere(2, "new");
    one.awaitProven();
    two.awaitProven();
    await().atMost(LONGEST).untilAsserted(() ->
        assertThat(items.takenIn()).hasSize(2).doesNotContain("").doesNotContainAnyElementsOf(before));
    awaitEverywhere(1, "new");
    await().atMost(LONGEST).until(() -> first.peek(1L) != null && second.peek(1L) != null);
  }
}
