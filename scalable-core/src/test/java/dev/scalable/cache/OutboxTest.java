package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import dev.scalable.cache.Items.Item;
import dev.scalable.testkit.link.Link;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisMonitor;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Two instances with one Redis and one PostgreSQL: what is announced in a transaction happens exactly if it commits,
 * whoever dies or cannot reach Redis then.
 */
class OutboxTest {

  /** An exit code of the shell's: ended by SIGKILL. */
  private static final int KILLED = 128 + 9;

  private final String namespace = "outbox-" + UUID.randomUUID();
  private final Items items = new Items(namespace);
  private final RedisClient redis = RedisClient.create(TestStack.redis().uri());
  /** Between the first instance and Redis. */
  private final Link link = Link.to(TestStack.redis().address());
  private final CacheInstance one;
  private final CacheInstance two;
  private final TwoTierCache<Long, Item> first;
  private final TwoTierCache<Long, Item> second;

  OutboxTest() throws Exception {
    items.set(1, "old");
    URI linked = URI.create("redis://127.0.0.1:" + link.address().getPort());
    one = CacheInstance.begin(CacheInstance.environment(namespace, linked));
    two = CacheInstance.begin(environment());
    one.awaitProven();
    two.awaitProven();
    first = Items.cache(one);
    second = Items.cache(two);
    // Their relays have found the table.
    await().until(() -> one.outbox().isPresent() && two.outbox().isPresent());
  }

  private Map<String, String> environment() {
    return CacheInstance.environment(namespace, TestStack.redis().uri());
  }

  @AfterEach
  void stop() throws Exception {
    one.close();
    two.close();
    link.close();
    redis.close();
    assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
        .doesNotContain("invalidation-log", "invalidation-relay");
  }

  private void warm() {
    assertThat(Items.name(first, 1)).isEqualTo("old");
    assertThat(Items.name(second, 1)).isEqualTo("old");
  }

  private int rename(CacheInstance instance, TwoTierCache<Long, Item> cache, String name) {
    return instance.db().write(tx -> {
      Items.set(tx, 1, name);
      cache.invalidate(tx, 1L);
      return 0;
    });
  }

  @Test
  void a_transaction_that_rolls_back_announces_nothing_and_leaves_the_cache_warm() {
    warm();
    assertThatThrownBy(() -> one.db().write(tx -> {
      Items.set(tx, 1, "new");
      first.invalidate(tx, 1L);
      first.invalidateAll(tx);
      throw new IllegalStateException("no");
    })).hasMessage("no");
    assertThat(items.takenIn()).isEmpty();
    assertThat(redis.xlen("{" + namespace + "}inv")).isZero();
    assertThat(first.peek(1L)).isNotNull();
    assertThat(second.peek(1L)).isNotNull();
  }

  @Test
  void what_is_announced_is_sent_at_once_in_one_script_and_its_row_learns_of_it() {
    warm();
    long sent = entries();
    rename(one, first, "new");
    assertThat(Items.name(first, 1)).isEqualTo("new");
    await().untilAsserted(() -> assertThat(Items.name(second, 1)).isEqualTo("new"));
    await().untilAsserted(() -> assertThat(items.takenIn()).containsExactly(one.epoch()));
    assertThat(entries()).as("once, and by no relay").isEqualTo(sent + 1);
    assertThat(one.caches().coherence().invalidations()).containsEntry("local", 1L).containsEntry("remote", 0L);
    assertThat(two.caches().coherence().invalidations()).containsEntry("local", 0L).containsEntry("remote", 1L);
    await().untilAsserted(() -> assertThat(two.caches().coherence().announced()).isZero());
  }

  private long entries() {
    return redis.xlen("{" + namespace + "}inv");
  }

  @Test
  void it_costs_no_round_trip_in_the_transaction_and_one_script_after_it() throws Exception {
    warm();
    // Redis knows the script from here on, and the instance the table.
    rename(one, first, "newer");
    await().untilAsserted(() -> assertThat(items.takenIn()).containsExactly(one.epoch()));
    List<String> statements = new CopyOnWriteArrayList<>();
    List<String> commands = new CopyOnWriteArrayList<>();
    try (Jedis watched = new Jedis(TestStack.redis().uri())) {
      CountDownLatch watching = new CountDownLatch(1);
      Thread.ofVirtual().start(() -> watch(watched, watching, commands));
      await().until(() -> {
        redis.get("is it watched");
        return watching.getCount() == 0;
      });
      one.db().write(tx -> {
        Items.set(tx, 1, "new");
        tx.handle().getConfig(SqlStatements.class).setSqlLogger(new SqlLogger() {
          @Override
          public void logAfterExecution(StatementContext context) {
            statements.add(context.getRenderedSql());
          }
        });
        first.invalidate(tx, 1L);
        return 0;
      });
      await().until(() -> commands.stream().anyMatch(each -> each.contains("XADD")));
    }
    assertThat(statements).as("it is sent with the commit").isEmpty();
    assertThat(items.takenIn()).hasSize(2);
    // The script, and what it does in the server.
    assertThat(commands).filteredOn(each -> !each.contains(" lua]")).singleElement().asString().contains("EVALSHA");
  }

  /** Collects the commands for the namespace, but for those by which instances follow the log. */
  private void watch(Jedis connection, CountDownLatch watching, List<String> commands) {
    try {
      connection.monitor(new JedisMonitor() {
        @Override
        public void onCommand(String command) {
          watching.countDown();
          if (command.contains(namespace) && !command.contains("XREAD") && !command.contains(Scripts.CHECK.digest())) {
            commands.add(command);
          }
        }
      });
    } catch (JedisException e) {
      // Closed: all was seen.
    }
  }

  @Test
  void many_keys_are_one_row_and_one_entry() {
    items.set(2, "old");
    warm();
    assertThat(Items.name(second, 2)).isEqualTo("old");
    one.db().write(tx -> {
      Items.set(tx, 1, "new");
      Items.set(tx, 2, "new");
      first.invalidateAll(tx, List.of());
      first.invalidateAll(tx, List.of(1L, 2L));
      return 0;
    });
    assertThat(items.takenIn()).hasSize(1);
    await().untilAsserted(() -> {
      assertThat(Items.name(second, 1)).isEqualTo("new");
      assertThat(Items.name(second, 2)).isEqualTo("new");
    });
    assertThat(entries()).isEqualTo(1);
  }

  @Test
  void a_writer_that_is_killed_between_its_commit_and_the_invalidation_is_healed_by_another(@TempDir Path folder)
      throws Exception {
    warm();
    Process writer = java(folder, DyingWriter.class, "new");
    assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(writer.exitValue()).as(Files.readString(folder.resolve("output"))).isEqualTo(KILLED);
    await().untilAsserted(() -> {
      assertThat(Items.name(first, 1)).isEqualTo("new");
      assertThat(Items.name(second, 1)).isEqualTo("new");
    });
    assertThat(entries()).as("the one that a relay has sent").isEqualTo(1);
    await().untilAsserted(() -> assertThat(items.takenIn()).containsExactly(one.epoch()));
    assertThat(relayed(one) + relayed(two)).isEqualTo(1);
  }

  private static long relayed(CacheInstance instance) {
    return instance.caches().coherence().invalidations().getOrDefault("relay", 0L);
  }

  private Process java(Path folder, Class<?> main, String argument) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), main.getName(), argument);
    builder.environment().putAll(environment());
    return builder.redirectErrorStream(true).redirectOutput(folder.resolve("output").toFile()).start();
  }

  @Test
  void a_writer_that_cannot_reach_redis_is_healed_by_another_instance_and_sees_its_own_write_throughout() {
    warm();
    link.cut();
    rename(one, first, "new");
    assertThat(one.pending("item", "1")).isTrue();
    assertThat(Items.name(first, 1)).isEqualTo("new");
    await().untilAsserted(() -> assertThat(Items.name(second, 1)).isEqualTo("new"));
    assertThat(relayed(two)).isEqualTo(1);
    assertThat(one.pending("item", "1")).as("as far as the writer knows").isTrue();
    assertThat(Items.name(first, 1)).isEqualTo("new");
    link.restore();
    await().until(() -> !one.pending("item", "1"));
    one.awaitProven();
    assertThat(Items.name(first, 1)).isEqualTo("new");
    assertThat(first.peek(1L)).isNotNull();
  }

  @Test
  void a_row_is_deleted_when_it_is_not_to_be_sent_again() {
    warm();
    rename(one, first, "new");
    await().untilAsserted(() -> assertThat(items.takenIn()).containsExactly(one.epoch()));
    items.age("9 minutes");
    one.outbox().deleteOld(one.epoch());
    assertThat(items.takenIn()).hasSize(1);
    items.age("11 minutes");
    one.outbox().deleteOld("another epoch");
    assertThat(items.takenIn()).as("it would be due in that one").hasSize(1);
    one.outbox().deleteOld(one.epoch());
    assertThat(items.takenIn()).isEmpty();
  }

  @Test
  void without_the_table_an_announcement_fails_its_transaction_and_says_what_to_do() throws Exception {
    items.execute("alter table scalable.cache_outbox rename to away");
    try (CacheInstance late = CacheInstance.start(environment())) {
      TwoTierCache<Long, Item> cache = Items.cache(late);
      assertThatThrownBy(() -> rename(late, cache, "new")).isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("scalable.cache_outbox", "cache item", "run the migrations in");
      assertThat(items.names()).containsExactly("old");
    } finally {
      items.execute("alter table scalable.away rename to cache_outbox");
    }
  }
}
