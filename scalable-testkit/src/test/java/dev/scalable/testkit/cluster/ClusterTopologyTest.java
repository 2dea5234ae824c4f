package dev.scalable.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Exit;
import dev.scalable.testkit.backend.Probe;
import dev.scalable.testkit.junit.ClusterTest;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What one running cluster does; each test gets it as it was started. */
@ClusterTest(app = TinyApp.class, instances = 2, maxInstances = 3)
class ClusterTopologyTest {
  private final Cluster cluster;

  ClusterTopologyTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @Test void two_instances_answer_in_exact_alternation() {
    List<String> answers = IntStream.range(0, 100).mapToObj(i -> Tiny.who(cluster.uri())).toList();
    for (int i = 2; i < answers.size(); i++) {
      assertThat(answers.get(i)).isEqualTo(answers.get(i - 2)).isNotEqualTo(answers.get(i - 1));
    }
  }

  @Test void a_killed_instance_keeps_its_address_and_rejoins_when_started() {
    Instance first = cluster.instance(1);
    URI address = first.uri();
    long pid = first.pid();
    first.kill();
    assertThat(first.isRunning()).isFalse();
    assertThat(IntStream.range(0, 10).mapToObj(i -> Tiny.who(cluster.uri()))).containsOnly("app-2");

    first.start();
    assertThat(first.uri()).isEqualTo(address);
    assertThat(first.pid()).isNotEqualTo(pid);
    assertThat(Tiny.who(address)).isEqualTo("app-1");
    assertThat(IntStream.range(0, 10).mapToObj(i -> Tiny.who(cluster.uri()))).contains("app-1", "app-2");
  }

  @Test void a_terminated_instance_tells_its_exit_code_and_what_it_printed_last() {
    Exit exit = cluster.instance(2).terminate(Duration.ofSeconds(20));
    assertThat(exit.code()).isEqualTo(143);
    assertThat(exit.took()).isLessThan(Duration.ofSeconds(20));
    assertThat(cluster.instance(2).log().tail(1)).containsExactly("app-2 was told to end");
    assertThatThrownBy(() -> cluster.instance(2).terminate(Duration.ofSeconds(1)))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("app-2 does not run");
  }

  @Test void waiting_for_an_instance_that_does_not_run_fails_at_once_and_says_who_answered() {
    cluster.instance(1).kill();
    assertThatThrownBy(() -> cluster.balancer().awaitServing(cluster.instance(1), 1, Tiny.LIMIT))
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("app-1 at " + cluster.instance(1).uri() + " (not running) was waited for");
  }

  @Test void a_paused_instance_is_killed_when_its_grace_period_is_over() {
    cluster.instance(1).pause();
    assertThat(cluster.instance(1).terminate(Duration.ofMillis(200)).code()).isEqualTo(137);
  }

  @Test void a_paused_instance_goes_on_where_it_was_when_resumed() {
    Instance first = cluster.instance(1);
    long pid = first.pid();
    first.pause();
    assertThat(first.isRunning()).isTrue();
    assertThat(Probe.get(cluster.instance(2).uri(), "X-Tiny")).isPresent();
    first.resume();
    assertThat(Tiny.who(first.uri())).isEqualTo("app-1");
    assertThat(first.pid()).isEqualTo(pid);
  }

  @Test void an_added_instance_gets_its_share_and_nothing_is_restarted() {
    List<Long> before = cluster.instances().stream().map(Instance::pid).toList();
    Instance third = cluster.addInstance();
    assertThat(third.id()).isEqualTo("app-3");
    List<String> answers = IntStream.range(0, 30).mapToObj(i -> Tiny.who(cluster.uri())).toList();
    assertThat(answers).filteredOn("app-3"::equals).hasSize(10);
    assertThat(cluster.instances().stream().map(Instance::pid).limit(2)).isEqualTo(before);

    assertThatThrownBy(cluster::addInstance)
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("all 3 places");
    assertThat(cluster.removeInstance(3).code()).isEqualTo(143);
    assertThat(cluster.instances()).hasSize(2);
    assertThat(cluster.addInstance().uri()).as("the place keeps its address").isEqualTo(third.uri());
  }

  @Test void a_rolling_restart_replaces_every_process_and_keeps_every_address() {
    List<Long> pids = cluster.instances().stream().map(Instance::pid).toList();
    List<URI> addresses = cluster.instances().stream().map(Instance::uri).toList();
    cluster.rollingRestart(RollingPolicy.standard().soak(Duration.ofMillis(50)));
    assertThat(cluster.instances().stream().map(Instance::pid)).doesNotContainAnyElementsOf(pids);
    assertThat(cluster.instances().stream().map(Instance::uri)).isEqualTo(addresses);
  }

  @Test void postgres_takes_connections_from_the_test() throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select upper('é') || current_database() || current_user")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).isEqualTo("Éappapp");
    }
  }

  @Test void an_unknown_instance_is_named_together_with_those_there_are() {
    assertThatThrownBy(() -> cluster.instance(7))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no instance 7; there are [1, 2]");
  }
}
