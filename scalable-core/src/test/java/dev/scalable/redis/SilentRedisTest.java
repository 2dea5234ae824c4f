package dev.scalable.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Redis that hangs: its process is stopped, so connections are taken and nothing is answered. */
class SilentRedisTest {

  private static final byte[] KEY = "key".getBytes(UTF_8);
  private static final Duration TIMEOUT = Duration.ofMillis(200);
  private static final int CALLERS = 40;
  private static final int READS = 500;

  @TempDir
  private Path folder;

  private OwnRedis redis;
  private JedisLink link;

  @BeforeEach
  void start() throws Exception {
    redis = OwnRedis.start(folder);
    link = new JedisLink(new RedisSettings(redis.uri(), CALLERS, TIMEOUT));
    link.start();
    link.get(KEY);
  }

  @AfterEach
  void stop() throws Exception {
    link.stop();
    redis.close();
  }

  private static boolean wasTried(Redis.Unavailable e) {
    return !String.valueOf(e.getMessage()).contains("was not tried");
  }

  /** How many of a caller's reads were sent to Redis, in vain. */
  private int inVain(CountDownLatch go) throws InterruptedException {
    go.await();
    int sent = 0;
    for (int i = 0; i < READS; i++) {
      try {
        link.get(KEY);
        throw new AssertionError("answered by a server that is stopped");
      } catch (Redis.Unavailable e) {
        sent += wasTried(e) ? 1 : 0;
      }
    }
    return sent;
  }

  @Test
  void reads_of_a_redis_that_hangs_wait_for_it_once_and_a_second_after_it_is_back_they_are_answered() throws Exception {
    redis.pause();
    long began = System.nanoTime();
    CountDownLatch go = new CountDownLatch(1);
    List<FutureTask<Integer>> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      FutureTask<Integer> caller = new FutureTask<>(() -> inVain(go));
      callers.add(caller);
      Thread.ofVirtual().start(caller);
    }
    go.countDown();
    int sent = 0;
    for (FutureTask<Integer> caller : callers) {
      sent += caller.get();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    // All that were on their way when it opened, and one in each second from then on; without it, each read would be
    // one.
    assertThat(sent).as("of %s reads in %s", CALLERS * READS, took)
        .isBetween(Breaker.IN_A_ROW, Breaker.IN_A_ROW - 1 + CALLERS + (int) took.toSeconds());
    assertThat(took).as("without it %s", TIMEOUT.multipliedBy(READS)).isLessThan(Duration.ofSeconds(30));
    assertThat(link.silentServers()).isEqualTo(1);

    redis.resume();
    int[] tries = {0};
    await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(1)).until(() -> {
      try {
        link.get(KEY);
        return true;
      } catch (Redis.Unavailable e) {
        tries[0] += wasTried(e) ? 1 : 0;
        return false;
      }
    });
    assertThat(tries[0]).as("tries in vain after it was back").isZero();
    assertThat(link.silentServers()).isZero();
  }

  @Test
  void whoever_reads_the_log_is_not_kept_from_it() throws Exception {
    redis.pause();
    for (int i = 0; i < Breaker.IN_A_ROW; i++) {
      assertThatThrownBy(() -> link.get(KEY)).isInstanceOf(Redis.Unavailable.class)
          .hasMessageContaining("GET got no answer from");
    }
    assertThatThrownBy(() -> link.get(KEY)).hasMessageContaining("GET was not tried");
    redis.resume();
    // No try is due yet, and none is needed.
    assertThat(link.read(KEY, "0-0", 1, Duration.ofMillis(1))).isEmpty();
  }

  @Test
  void a_command_that_redis_refuses_is_an_answer() {
    for (int i = 0; i < 3 * Breaker.IN_A_ROW; i++) {
      assertThatThrownBy(() -> link.run(Redis.Script.of("return redis.error_reply('no')"), List.of(KEY), List.of()))
          .isInstanceOf(Redis.Unavailable.class).hasMessageContaining("A script was refused by Redis at 127.0.0.1:");
    }
    assertThat(link.silentServers()).isZero();
    assertThat(link.get(KEY)).isNull();
  }

  @Test
  void a_redis_that_comes_after_its_clients_is_understood() throws Exception {
    redis.kill();
    JedisLink early = new JedisLink(new RedisSettings(redis.uri(), 2, TIMEOUT));
    early.start();
    try (OwnRedis late = redis.again()) {
      late.execute("XADD", "log", "7-1", "name", "value");
      Redis.Entry entry = early.read("log".getBytes(UTF_8), "0-0", 1, Duration.ofMillis(1)).getFirst();
      assertThat(entry.id()).isEqualTo("7-1");
      assertThat(entry.fields().get("name")).isEqualTo("value".getBytes(UTF_8));
      assertThat(early.get(KEY)).isNull();
    } finally {
      early.stop();
    }
  }
}
