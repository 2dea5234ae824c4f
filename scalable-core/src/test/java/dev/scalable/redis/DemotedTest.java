package dev.scalable.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real master that is made a replica of another, which it goes on to answer reads as. */
class DemotedTest {

  private static final byte[] KEY = "key".getBytes(UTF_8);
  private static final Redis.Script SET = Redis.Script.of("return redis.call('SET', KEYS[1], 'x')");

  @TempDir
  private Path folder;

  private OwnRedis other;
  private OwnRedis redis;
  private JedisLink link;

  @BeforeEach
  void start() throws Exception {
    other = OwnRedis.start(folder);
    redis = OwnRedis.start(folder);
    link = new JedisLink(new RedisSettings(redis.uri(), 2, Duration.ofSeconds(5)));
    link.start();
    assertThat(link.get(KEY)).isNull();
    assertThat(link.read(KEY, "0-0", 1, Duration.ofMillis(1))).isEmpty();
  }

  @AfterEach
  void stop() throws Exception {
    link.stop();
    redis.close();
    other.close();
  }

  private void demote() {
    redis.execute("REPLICAOF", "127.0.0.1", Integer.toString(other.port()));
  }

  private void isRefused() {
    String why = "it is a replica of another server and not a master";
    assertThatThrownBy(() -> link.get(KEY)).isInstanceOf(Redis.Unavailable.class).hasMessageContaining(why);
    assertThatThrownBy(() -> link.read(KEY, "0-0", 1, Duration.ofMillis(1))).isInstanceOf(Redis.Unavailable.class)
        .hasMessageContaining(why);
  }

  private void isUsedAgainAsAMaster() {
    redis.execute("REPLICAOF", "NO", "ONE");
    await().ignoreExceptions().until(() -> link.get(KEY) == null);
    assertThat(link.read(KEY, "0-0", 1, Duration.ofMillis(1))).isEmpty();
  }

  @Test
  void a_write_that_is_refused_for_it_ends_all_connections_to_it() {
    demote();
    assertThatThrownBy(() -> link.run(SET, List.of(KEY), List.of())).hasMessageContaining("READONLY");
    assertThatThrownBy(() -> link.get(KEY)).hasMessageContaining("it is a replica of another server and not a master");
    isUsedAgainAsAMaster();
  }

  @Test
  void a_reader_that_waits_when_it_happens_ends_all_connections_to_it() {
    Thread demotion = Thread.ofPlatform().start(() -> {
      await().until(() -> redis.execute("INFO", "clients").contains("blocked_clients:1"));
      demote();
    });
    assertThatThrownBy(() -> {
      while (true) {
        link.read(KEY, "0-0", 1, Duration.ofMillis(1_300));
      }
    }).isInstanceOf(Redis.Unavailable.class).hasMessageContaining("UNBLOCKED");
    await().until(() -> !demotion.isAlive());
    isRefused();
    isUsedAgainAsAMaster();
  }
}
