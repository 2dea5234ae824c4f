package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.scalable.cache.Items.Item;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/**
 * Case 20 of the twenty: the clock of Redis is stepped by an hour, forwards and back, while two instances go on. That
 * of their own hosts is read nowhere, which {@code ArchitectureTest} holds.
 *
 * <p>Needs libfaketime (Debian: package faketime).
 */
class ClockStepTest {

  private static final Duration FAR = Duration.ofMinutes(50);

  @TempDir
  private Path folder;

  private static Path libfaketime() throws IOException {
    for (Path folder : List.of(Path.of("/usr/lib"), Path.of("/usr/lib64"), Path.of("/usr/local/lib"))) {
      if (!Files.isDirectory(folder)) {
        continue;
      }
      try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
        for (Path each : found) {
          for (String name : List.of("libfaketime.so.1", "faketime/libfaketime.so.1")) {
            if (Files.isRegularFile(each.resolve(name))) {
              return each.resolve(name);
            }
          }
        }
      }
    }
    assumeTrue(false, "NOT RUN: there is no libfaketime to step the clock of Redis with (Debian: package faketime)");
    throw new AssertionError();
  }

  private void step(String offset) throws IOException {
    Path next = Files.writeString(folder.resolve("next"), offset + "\n");
    Files.move(next, folder.resolve("clock"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static long seconds(OwnRedis redis) {
    try (Jedis asked = new Jedis(redis.uri())) {
      return Long.parseLong(asked.time().getFirst());
    }
  }

  @Test
  void the_clock_of_redis_is_stepped_by_an_hour_and_all_that_happens_are_misses() throws Exception {
    String namespace = "clock-" + UUID.randomUUID();
    Items items = new Items(namespace);
    items.set(1, "old");
    items.set(2, "kept");
    step("+0");
    try (OwnRedis redis = OwnRedis.start(folder, "stepped", Map.of(
            "LD_PRELOAD", libfaketime().toString(),
            "FAKETIME_TIMESTAMP_FILE", folder.resolve("clock").toString(),
            "FAKETIME_NO_CACHE", "1",
            "FAKETIME_DONT_FAKE_MONOTONIC", "1"));
        CacheInstance one = CacheInstance.start(CacheInstance.environment(namespace, redis.uri(),
            "SCALABLE_CACHE_NEAR_VALIDITY", "800ms"));
        CacheInstance two = CacheInstance.start(CacheInstance.environment(namespace, redis.uri(),
            "SCALABLE_CACHE_NEAR_VALIDITY", "800ms"))) {
      TwoTierCache<Long, Item> first = Items.cache(one);
      TwoTierCache<Long, Item> second = Items.cache(two);
      int version = 0;
      String cleared = "kept";
      for (String offset : List.of("+1h", "+0", "-1h", "+0")) {
        assertThat(Items.name(first, 2)).isEqualTo(cleared);
        assertThat(Items.name(second, 2)).isEqualTo(cleared);
        assertThat(Items.name(second, 1)).isEqualTo(version == 0 ? "old" : "version " + version);
        long before = seconds(redis);

        step(offset);

        await().until(() -> Math.abs(seconds(redis) - before) > FAR.toSeconds());
        for (int i = 0; i < 10; i++) {
          String name = "version " + ++version;
          CacheInstance writer = i % 2 == 0 ? one : two;
          TwoTierCache<Long, Item> mine = i % 2 == 0 ? first : second;
          TwoTierCache<Long, Item> other = i % 2 == 0 ? second : first;
          writer.db().write(tx -> {
            Items.set(tx, 1, name);
            mine.invalidate(tx, 1L);
            return 0;
          });
          assertThat(Items.name(mine, 1)).as("at once, with a clock at " + offset).isEqualTo(name);
          await().untilAsserted(() -> assertThat(Items.name(other, 1)).as("soon").isEqualTo(name));
        }
        assertThat(Items.name(first, 2)).isEqualTo(cleared);
        // What is known of Redis' clock follows it, and the heap serves again.
        await().until(() -> Items.name(first, 2).startsWith("kept") && first.peek(2L) != null);
        cleared = "kept with a clock at " + offset;
        items.set(2, cleared);
        first.invalidateAll();
        assertThat(Items.name(first, 2)).isEqualTo(cleared);
        String seen = cleared;
        await().untilAsserted(() -> assertThat(Items.name(second, 2)).isEqualTo(seen));
      }
      for (CacheInstance each : List.of(one, two)) {
        assertThat(each.caches().coherence().resyncs().values()).as("no history was lost").containsOnly(0L);
      }
    }
  }
}
