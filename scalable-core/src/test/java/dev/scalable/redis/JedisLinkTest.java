package dev.scalable.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JedisLinkTest {

  private static final byte[] NOWHERE = "{jedis-link-test}inv".getBytes(UTF_8);

  /** As long as a read may be asked to wait. */
  private static final Duration LONG = Duration.ofMillis(1_300);

  private final JedisLink link = new JedisLink(new RedisSettings(redis(), 2, Duration.ofMillis(500)));

  URI redis() {
    return TestStack.redis().uri();
  }

  @AfterEach
  void stop() {
    link.stop();
  }

  @Test
  void a_read_that_waits_is_ended_from_outside_and_the_next_one_connects_anew() {
    link.start();
    link.interruptRead();
    for (int i = 0; i < 3; i++) {
      FutureTask<List<Redis.Entry>> read = new FutureTask<>(() -> link.read(NOWHERE, "0-0", 1, LONG));
      Thread.ofPlatform().daemon().start(read);
      await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> {
        link.interruptRead();
        return read.isDone();
      });
      assertThatThrownBy(read::get).hasCauseInstanceOf(Redis.Unavailable.class);
      assertThat(link.get(NOWHERE)).as("others are not disturbed").isNull();
      assertThat(link.read(NOWHERE, "0-0", 1, Duration.ofMillis(1))).isEmpty();
    }
  }
}
