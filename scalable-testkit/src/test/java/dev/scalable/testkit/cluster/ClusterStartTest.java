package dev.scalable.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.PortRetry;
import dev.scalable.testkit.run.Role;
import dev.scalable.testkit.run.Run;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start does and refuses. */
class ClusterStartTest {
  @Test void two_clusters_at_the_same_time_share_no_port() {
    CompletableFuture<Cluster> other = CompletableFuture.supplyAsync(() -> Tiny.cluster().instances(1).start());
    try (Cluster first = Tiny.cluster().instances(1).start(); Cluster second = other.join()) {
      assertThat(ports(first)).hasSize(4).doesNotContainAnyElementsOf(ports(second));
      assertThat(Tiny.who(first.uri())).isEqualTo(Tiny.who(second.uri())).isEqualTo("app-1");
      assertThat(first.runDirectory()).isNotEqualTo(second.runDirectory());
    }
  }

  @Test void data_is_kept_when_asked_and_the_migration_runs_once_before_the_instances(@TempDir Path data)
      throws SQLException {
    ClusterBuilder builder = Tiny.cluster().instances(1).dataDirectory(data.resolve("new"))
        .app(AppSpec.mainClass(TinyApp.class).env("TINY_DB", "${JDBC_URL}").migrate(TinyMigration.class.getName()));
    try (Cluster cluster = builder.start()) {
      assertThat(cluster.runDirectory().resolve("logs/migrate.log")).hasContent("migrated as migrate");
      String started = cluster.instance(1).log().lines().get(0).substring(TinyApp.STARTED.length());
      List<Instant> ran = migrations(cluster);
      assertThat(ran).hasSize(1);
      assertThat(ran.get(0)).isBefore(Instant.parse(started));
      assertThat(TinyRedis.ask(cluster.redis(), "SET kept yes")).isEqualTo("+OK");
    }
    try (Cluster cluster = builder.start()) {
      assertThat(migrations(cluster)).as("the first cluster's row, and this one's").hasSize(2);
      assertThat(TinyRedis.ask(cluster.redis(), "STRLEN kept")).isEqualTo(":3");
    }
  }

  @Test void a_failed_migration_fails_the_start_with_its_log() {
    AppSpec app = AppSpec.mainClass(TinyApp.class).migrate(TinyMigration.class.getName(), "broken");
    assertThatThrownBy(() -> Tiny.cluster().app(app).start())
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("ended with exit code 1")
        .hasMessageContaining("this migration is broken on purpose");
  }

  @Test void all_mistakes_are_told_at_once() {
    AppSpec app = AppSpec.mainClass("there.is.no.Main").env("TINY_PORT", "${PROT}").readiness("ready");
    assertThatThrownBy(() -> Cluster.builder().app(app).instances(0).maxInstances(-1).port(70_000).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("instances must be at least 1, not 0")
        .hasMessageContaining("maxInstances (-1) must not be less than instances (0)")
        .hasMessageContaining("port must be from 0 to 65535, not 70000")
        .hasMessageContaining("unknown variable ${PROT} in \"${PROT}\"; there are [DB_HOST, DB_NAME, DB_PASSWORD")
        .hasMessageContaining("nothing tells the app its port")
        .hasMessageContaining("the readiness path must begin with a slash: \"ready\"")
        .hasMessageContaining("there is no class there.is.no.Main");
  }

  @Test void a_fixed_port_is_used_and_refused_when_it_is_taken() throws IOException {
    int port;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = taken.getLocalPort();
      assertThatThrownBy(() -> Tiny.cluster().port(port).start())
          .isInstanceOf(ClusterException.class)
          .hasMessageContaining("port " + port + ", on which the cluster was to be reached, is in use");
    }
    try (Cluster cluster = Tiny.cluster().instances(1).port(port).start()) {
      assertThat(cluster.uri()).hasPort(port);
      assertThat(Tiny.who(cluster.uri())).isEqualTo("app-1");
    }
  }

  @Test void a_node_that_finds_its_port_taken_is_started_again_on_another() {
    try (Run run = Run.begin(false, true)) {
      int[] attempts = new int[1];
      int port = PortRetry.start(() -> {
        int reserved = run.reservePort();
        String script = ++attempts[0] < 3 ? "echo bind: Address already in use; exit 1" : "exec sleep 60";
        Node node = run.launch(Role.APP, "node", List.of("/bin/sh", "-c", script), Map.of());
        int attempt = attempts[0];
        return new PortRetry.Attempt<>(node, () -> node.awaitUntil(() -> "third", () -> attempt == 3, Tiny.LIMIT), reserved);
      });
      assertThat(attempts[0]).isEqualTo(3);
      assertThat(Run.isPortFree(port)).isTrue();
    }
  }

  @Test void a_machine_without_a_usable_nginx_is_told_so() {
    System.setProperty("scalable.testkit.nginx", "/nowhere/nginx");
    try {
      assertThatThrownBy(() -> Tiny.cluster().start())
          .isInstanceOf(ClusterException.class)
          .hasMessageContaining("/nowhere/nginx is not an executable file");
    } finally {
      System.clearProperty("scalable.testkit.nginx");
    }
  }

  private static List<Integer> ports(Cluster cluster) {
    return Stream.of(cluster.uri().getPort(), cluster.instance(1).uri().getPort(), cluster.postgres().address().getPort(),
        cluster.redis().address().getPort()).distinct().toList();
  }

  private static List<Instant> migrations(Cluster cluster) throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select ran_at from migration order by 1")) {
      List<Instant> ran = new ArrayList<>();
      while (rows.next()) {
        ran.add(rows.getTimestamp(1).toInstant());
      }
      return ran;
    }
  }
}
