package dev.scalable.testkit.cluster;

import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.history.Event;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.junit.ClusterTest;
import dev.scalable.testkit.load.LoadResult;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Instances that are taken out of rotation, alone and together with their ends, starts and successors. */
@ClusterTest(app = TinyApp.class, instances = 2, maxInstances = 3)
class BalancerControlTest {
  private final Cluster cluster;

  BalancerControlTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @ParameterizedTest(name = "Connection: {0}") @ValueSource(strings = {"keep-alive", "close"})
  void when_a_mark_down_returns_no_new_request_reaches_the_instance(String connections) {
    Instance first = cluster.instance(1);
    LoadResult run = cluster.load().get("/").header("Connection", connections)
        .closed(users(8))
        .whileRunning(() -> {
          answers(20);
          cluster.balancer().markDown(first);
          assertThat(answers(100)).containsOnly("app-2");
        })
        .run();
    Duration returned = run.timeline().stream()
        .filter(event -> event.what().equals("marked down")).findFirst().orElseThrow().at();
    List<Exchange> before = run.exchanges().stream().filter(each -> each.start().compareTo(returned) < 0).toList();
    List<Exchange> after = run.exchanges().stream().filter(each -> each.start().compareTo(returned) > 0).toList();
    assertThat(before).extracting(Exchange::instance).contains("app-1", "app-2");
    assertThat(after).hasSizeGreaterThan(50).extracting(Exchange::instance).doesNotContain("app-1");

    cluster.balancer().markUp(first);
    assertThat(answers(10)).contains("app-1", "app-2");
  }

  @Test void marking_twice_changes_and_tells_nothing() {
    int before = events().size();
    cluster.balancer().markUp(cluster.instance(1));
    assertThat(events()).hasSize(before);
    cluster.balancer().markDown(cluster.instance(1));
    cluster.balancer().markDown(cluster.instance(1));
    assertThat(events().subList(before, events().size())).extracting(Event::what)
        .containsExactly("reloaded", "marked down");
  }

  @Test void an_instance_that_is_marked_down_can_be_restarted_and_stays_out() {
    Instance first = cluster.instance(1);
    cluster.balancer().markDown(first);
    assertThat(first.restart(Duration.ofSeconds(20)).code()).isEqualTo(143);
    assertThat(Tiny.who(first.uri())).isEqualTo("app-1");
    assertThat(answers(10)).containsOnly("app-2");
    cluster.balancer().markUp(first);
    cluster.balancer().awaitServing(first, 1, Tiny.LIMIT);
  }

  @Test void a_rolling_restart_passes_by_way_of_an_instance_that_is_marked_down() {
    cluster.addInstance();
    cluster.balancer().markDown(cluster.instance(2));
    List<Long> pids = cluster.instances().stream().map(Instance::pid).toList();
    cluster.rollingRestart(RollingPolicy.standard().soak(Duration.ofMillis(10)));
    assertThat(cluster.instances().stream().map(Instance::pid)).doesNotContainAnyElementsOf(pids);
    assertThat(answers(10)).containsOnly("app-1", "app-3");
  }

  @Test void a_new_instance_in_the_place_of_one_that_was_marked_down_is_served() {
    cluster.balancer().markDown(cluster.addInstance());
    cluster.removeInstance(3);
    assertThat(cluster.addInstance().id()).isEqualTo("app-3");
    assertThat(answers(12)).contains("app-1", "app-2", "app-3");
  }

  @Test void an_instance_that_is_killed_while_it_starts_fails_its_start_and_can_be_started_again() {
    Instance first = cluster.instance(1);
    first.kill();
    CompletableFuture<Void> start = CompletableFuture.runAsync(first::start);
    Awaitility.await().pollInterval(Duration.ofMillis(1)).atMost(Tiny.LIMIT).until(first::isRunning);
    assertThatThrownBy(first::start).as("by two at once").isInstanceOf(IllegalStateException.class);
    first.kill();
    assertThatThrownBy(start::join).hasCauseInstanceOf(ClusterException.class);
    first.start();
    assertThat(answers(10)).contains("app-1", "app-2");
  }

  @Test void what_is_as_it_was_is_not_restored_and_nothing_is_told() {
    int before = events().size();
    cluster.restore();
    assertThat(events()).hasSize(before);
    cluster.instance(2).pause();
    cluster.balancer().markDown(cluster.instance(1));
    cluster.restore();
    assertThat(events().subList(before, events().size())).extracting(Event::what)
        .containsExactly("paused", "reloaded", "marked down", "reloaded", "resumed");
    assertThat(answers(10)).contains("app-1", "app-2");
  }

  private List<Event> events() {
    return cluster.timeline().events();
  }

  private List<String> answers(int count) {
    return IntStream.range(0, count).mapToObj(i -> Tiny.who(cluster.uri())).toList();
  }
}
