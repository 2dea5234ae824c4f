package dev.scalable.testkit.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.TinyApp;
import dev.scalable.testkit.junit.ClusterTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** Links to a real PostgreSQL and a real Redis: what their clients see of each fault. */
@ClusterTest(app = TinyApp.class, instances = 1)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LinkToServersTest {
  private static final int LIMIT_SECONDS = 30;

  private final Cluster cluster;
  private final Link postgres;
  private final Link redis;

  LinkToServersTest(Cluster cluster) {
    this.cluster = cluster;
    this.postgres = Link.to(loopback(cluster.postgres().address().getPort()));
    this.redis = Link.to(loopback(cluster.redis().address().getPort()));
  }

  @AfterEach
  void end() {
    postgres.close();
    redis.close();
  }

  @Test void a_cut_while_a_query_runs_ends_it_at_once() throws Exception {
    try (Connection connection = connect(0)) {
      CompletableFuture<Integer> query = CompletableFuture.supplyAsync(() -> {
        try {
          return ask(connection, "select 1 from pg_sleep(100)");
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
      });
      await().until(() -> sleepers() == 1);
      assertThat(postgres.cut()).isEqualTo(1);
      assertThatThrownBy(() -> query.get(LIMIT_SECONDS, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class).hasRootCauseInstanceOf(SocketException.class);
      assertThatThrownBy(() -> connect(0)).isInstanceOf(SQLException.class).hasMessageContaining("refused");
    }
    postgres.restore();
    try (Connection again = connect(0)) {
      assertThat(ask(again, "select 7")).isEqualTo(7);
    }
  }

  @Test void a_query_into_a_black_hole_ends_by_its_socket_timeout() throws SQLException {
    try (Connection connection = connect(1)) {
      assertThat(ask(connection, "select 7")).isEqualTo(7);
      postgres.blackhole();
      assertThatThrownBy(() -> ask(connection, "select 8"))
          .isInstanceOf(SQLException.class).hasRootCauseInstanceOf(SocketTimeoutException.class);
      assertThatThrownBy(() -> connect(1)).isInstanceOf(SQLException.class);
    }
    postgres.restore();
    try (Connection again = connect(1)) {
      assertThat(ask(again, "select 9")).isEqualTo(9);
    }
  }

  @Test void every_statement_takes_the_latency() throws SQLException {
    try (Connection connection = connect(0)) {
      assertThat(ask(connection, "select 7")).isEqualTo(7);
      assertThat(postgres.latency(Duration.ofMillis(50), Duration.ZERO)).isEqualTo(1);
      for (int i = 0; i < 5; i++) {
        long begin = System.nanoTime();
        assertThat(ask(connection, "select 7")).isEqualTo(7);
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(Duration.ofMillis(50).toNanos());
      }
    }
  }

  @Test void an_answer_that_is_cut_in_its_middle_is_no_answer() throws SQLException {
    try (Connection connection = connect(0)) {
      postgres.limitBytes(100_000);
      assertThatThrownBy(() -> ask(connection, "select length(repeat('x', 1000)) from generate_series(1, 100000)"))
          .isInstanceOf(SQLException.class).hasRootCauseInstanceOf(SocketException.class);
    }
  }

  @Test void a_half_closed_connection_is_told_by_its_next_statement() throws SQLException {
    try (Connection connection = connect(0)) {
      assertThat(ask(connection, "select 7")).isEqualTo(7);
      postgres.halfClose();
      assertThatThrownBy(() -> ask(connection, "select 8")).isInstanceOf(SQLException.class);
    }
    await().until(() -> postgres.connections() == 0);
  }

  @Test void redis_is_gone_for_a_moment_and_back_at_the_same_address() throws IOException {
    try (Socket client = redisClient()) {
      assertThat(ping(client)).isEqualTo("+PONG\r\n");
      redis.cut();
      assertThatThrownBy(() -> ping(client)).isInstanceOf(SocketException.class);
    }
    assertThatThrownBy(this::redisClient).isInstanceOf(SocketException.class);
    redis.restore();
    try (Socket client = redisClient()) {
      redis.latency(Duration.ofMillis(20), Duration.ofMillis(5));
      long begin = System.nanoTime();
      assertThat(ping(client)).isEqualTo("+PONG\r\n");
      assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(Duration.ofMillis(15).toNanos());
      redis.blackhole();
      client.setSoTimeout(200);
      assertThatThrownBy(() -> ping(client)).isInstanceOf(SocketTimeoutException.class);
    }
  }

  private Connection connect(int socketTimeoutSeconds) throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl("jdbc:postgresql://127.0.0.1:" + postgres.address().getPort() + "/app");
    source.setUser(cluster.postgres().user());
    source.setPassword(cluster.postgres().password());
    source.setSocketTimeout(socketTimeoutSeconds);
    source.setLoginTimeout(LIMIT_SECONDS);
    return source.getConnection();
  }

  private int sleepers() throws SQLException {
    try (Connection direct = cluster.postgres().dataSource().getConnection()) {
      return ask(direct, "select count(*) from pg_stat_activity where query like '%pg_sleep(100)%' "
          + "and wait_event = 'PgSleep'");
    }
  }

  private static int ask(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      return rows.getInt(1);
    }
  }

  private Socket redisClient() throws IOException {
    Socket client = new Socket();
    client.setSoTimeout(LIMIT_SECONDS * 1000);
    client.connect(redis.address());
    return client;
  }

  private static String ping(Socket client) throws IOException {
    client.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
    byte[] answer = client.getInputStream().readNBytes(7);
    return new String(answer, StandardCharsets.US_ASCII);
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
