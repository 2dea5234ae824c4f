package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.scalable.LibrarySchema;
import dev.scalable.TestStack;
import dev.scalable.TinyService;
import dev.scalable.cache.Items.Item;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/**
 * Case 20 of the twenty: the clock of Redis, or that of the instances' hosts, is stepped by an hour, forwards and back,
 * while they go on.
 *
 * <p>Needs libfaketime (Debian: package faketime); {@code -Dscalable.test.faketime=required} fails where there is none,
 * and steps the instances' clocks as well, which takes long.
 */
class ClockStepTest {

  private static final Duration FAR = Duration.ofMinutes(50);
  /** Where its absence is a failure. */
  private static final boolean REQUIRED = "required".equals(System.getProperty("scalable.test.faketime"));
  private static final List<String> STEPS = List.of("+1h", "+0", "-1h", "+0");

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
    String none = "NOT RUN: there is no libfaketime to step clocks with (Debian: package faketime)";
    assumeTrue(REQUIRED, none);
    throw new AssertionError(none);
  }

  /** What makes a process read its clock from a file. */
  private Map<String, String> steppable() throws IOException {
    return Map.of(
        "LD_PRELOAD", libfaketime().toString(),
        "FAKETIME_TIMESTAMP_FILE", folder.resolve("clock").toString(),
        // It looks into the file once a second: a look for each question takes a JVM a minute for its start.
        "FAKETIME_CACHE_DURATION", "1",
        "FAKETIME_DONT_FAKE_MONOTONIC", "1");
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
    try (OwnRedis redis = OwnRedis.start(folder, "stepped", steppable());
        CacheInstance one = CacheInstance.start(CacheInstance.environment(namespace, redis.uri(),
            "SCALABLE_CACHE_NEAR_VALIDITY", "800ms"));
        CacheInstance two = CacheInstance.start(CacheInstance.environment(namespace, redis.uri(),
            "SCALABLE_CACHE_NEAR_VALIDITY", "800ms"))) {
      TwoTierCache<Long, Item> first = Items.cache(one);
      TwoTierCache<Long, Item> second = Items.cache(two);
      int version = 0;
      String cleared = "kept";
      for (String offset : STEPS) {
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

  private static long seconds(Client client) {
    return ZonedDateTime.parse(client.send(Call.get("/notes/1")).header("Date").orElseThrow(),
        DateTimeFormatter.RFC_1123_DATE_TIME).toEpochSecond();
  }

  @Test
  void the_clocks_of_the_instances_are_stepped_by_an_hour_and_nothing_happens() throws Exception {
    assumeTrue(REQUIRED, "NOT RUN: a JVM whose clock is a file starts slowly; -Dscalable.test.faketime=required does it");
    step("+0");
    AppSpec app = TestStack.app(TinyService.class);
    for (Map.Entry<String, String> each : steppable().entrySet()) {
      app = app.env(each.getKey(), each.getValue());
    }
    try (Cluster cluster = Cluster.builder().app(app).instances(2).start();
        Client one = Client.open(cluster.instance(1).uri());
        Client two = Client.open(cluster.instance(2).uri())) {
      LibrarySchema.create(Jdbi.create(cluster.postgres().dataSource()));
      int version = 0;
      assertThat(one.send(Call.put("/notes/1", "\"version 0\"")).status()).isEqualTo(204);
      for (String offset : STEPS) {
        long before = seconds(one);

        step(offset);

        await().until(() -> Math.abs(seconds(one) - before) > FAR.toSeconds()
            && Math.abs(seconds(two) - before) > FAR.toSeconds());
        for (int i = 0; i < 10; i++) {
          String text = "version " + ++version;
          Client writer = i % 2 == 0 ? one : two;
          Client other = i % 2 == 0 ? two : one;
          assertThat(writer.send(Call.put("/notes/1", "\"" + text + "\"")).status()).isEqualTo(204);
          assertThat(writer.send(Call.get("/notes/1")).text()).as("at once, with clocks at " + offset).contains(text);
          await().untilAsserted(() -> assertThat(other.send(Call.get("/notes/1")).text()).as("soon").contains(text));
        }
      }
      for (Instance each : cluster.instances()) {
        assertThat(each.log().lines()).noneMatch(line -> line.contains("Exception"))
            .noneMatch(line -> line.contains("heap is emptied"));
      }
    }
  }
}
