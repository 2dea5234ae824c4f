package dev.scalable.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a start says of a real Redis that may throw keys away. */
class EvictionTest {

  @TempDir
  private Path folder;

  private OwnRedis redis;
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(Eviction.class);

  @BeforeEach
  void start() throws Exception {
    redis = OwnRedis.start(folder);
    lines.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() throws Exception {
    logger.detachAppender(lines);
    logger.setLevel(null);
    redis.close();
  }

  private List<ILoggingEvent> saidAtStart(String login) {
    URI uri = URI.create("redis://" + login + redis.address());
    JedisLink link = new JedisLink(new RedisSettings(uri, 1, Duration.ofSeconds(5)));
    link.start();
    link.read("log".getBytes(UTF_8), "0-0", 1, Duration.ofMillis(1));
    link.read("log".getBytes(UTF_8), "0-0", 1, Duration.ofMillis(1));
    link.stop();
    return lines.list;
  }

  @ParameterizedTest
  @ValueSource(strings = {"allkeys-lru", "allkeys-lfu", "allkeys-random"})
  void a_policy_that_may_evict_the_log_is_warned_of_once(String policy) {
    redis.execute("CONFIG", "SET", "maxmemory-policy", policy);
    assertThat(saidAtStart("")).singleElement().satisfies(line -> {
      assertThat(line.getLevel()).isEqualTo(Level.WARN);
      assertThat(line.getFormattedMessage())
          .contains("Redis at " + redis.address() + " has the maxmemory-policy " + policy + ":");
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"noeviction", "volatile-lru", "volatile-ttl"})
  void a_policy_that_leaves_the_log_alone_is_not(String policy) {
    redis.execute("CONFIG", "SET", "maxmemory-policy", policy);
    assertThat(saidAtStart("")).isEmpty();
  }

  @Test
  void a_user_who_may_not_ask_reads_the_log_all_the_same() {
    redis.execute("ACL", "SETUSER", "app", "on", ">secret", "~*", "+xread");
    assertThat(saidAtStart("app:secret@")).singleElement().satisfies(line -> {
      assertThat(line.getLevel()).isEqualTo(Level.INFO);
      assertThat(line.getFormattedMessage()).contains("does not tell its maxmemory-policy (NOPERM");
    });
  }
}
