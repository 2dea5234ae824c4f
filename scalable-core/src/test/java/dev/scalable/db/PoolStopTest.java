package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.scalable.TestStack;
import dev.scalable.config.Settings;
import dev.scalable.testkit.link.Link;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** A pool ends, wherever its server is. */
@Timeout(120)
class PoolStopTest {

  /** Far above what is seen, and far below what a try may take. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** Where the server is when the pool ends. */
  enum Server { THERE, REFUSING, SILENT }

  private static Pool pool(Link link) {
    return new Pool(DbSettings.from(Settings.of(Map.of(
        "SCALABLE_DB_URL", "jdbc:postgresql://127.0.0.1:" + link.address().getPort() + "/app",
        "SCALABLE_DB_USER", TestStack.postgres().user(), "SCALABLE_DB_PASSWORD", TestStack.postgres().password(),
        "SCALABLE_DB_ACQUIRE_TIMEOUT", "500ms", "SCALABLE_DB_CONNECT_TIMEOUT", "60s"))));
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("db"))
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @EnumSource
  void a_stop_ends_the_wait_for_a_server_that_is_away_and_is_nothing_to_be_warned_of(Server server) throws Exception {
    Set<Thread> before = threads();
    Logger hikari = (Logger) LoggerFactory.getLogger("com.zaxxer.hikari.pool.HikariPool");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    hikari.addAppender(log);
    try (Link link =
        Link.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), TestStack.postgres().address().getPort()))) {
      Pool pool = pool(link);
      pool.start();
      PooledDb db = new PooledDb(pool);
      assertThat(db.<Integer, RuntimeException>read(tx -> 1)).isEqualTo(1);
      assertThat(threads()).as("the threads of this pool").hasSizeGreaterThan(before.size());
      if (server == Server.REFUSING) {
        link.cut();
      } else if (server == Server.SILENT) {
        link.resetPeer();
        link.blackhole();
      }
      if (server != Server.THERE) {
        assertThatThrownBy(() -> db.read(tx -> tx.handle().execute("select 1"))).isInstanceOf(DbUnavailable.class);
      }

      long began = System.nanoTime();
      pool.stop();
      Duration took = Duration.ofNanos(System.nanoTime() - began);

      System.out.println("a pool has stopped after " + took.toMillis() + " ms, with its server " + server);
      assertThat(took).isLessThan(LIMIT);
      await().atMost(LIMIT).untilAsserted(() -> assertThat(threads()).isSubsetOf(before));
      assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage)
          .noneMatch(message -> message.contains("Timed-out"));
    } finally {
      hikari.detachAppender(log);
    }
  }
}
