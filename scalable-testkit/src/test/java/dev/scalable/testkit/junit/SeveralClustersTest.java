package dev.scalable.testkit.junit;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.cluster.TinyApp;
import dev.scalable.testkit.load.LoadResult;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult.Status;

/** Several clusters at a time, or in one build, do not disturb each other. */
class SeveralClustersTest {
  private static final Map<String, String> PARALLEL = Map.of(
      "junit.jupiter.execution.parallel.enabled", "true",
      "junit.jupiter.execution.parallel.mode.default", "concurrent",
      "junit.jupiter.execution.parallel.mode.classes.default", "concurrent",
      "junit.jupiter.execution.parallel.config.strategy", "fixed",
      "junit.jupiter.execution.parallel.config.fixed.parallelism", "4");

  private static final AtomicInteger RUNNING = new AtomicInteger();
  private static final AtomicInteger MOST_AT_ONCE = new AtomicInteger();
  private static final Set<URI> CLUSTERS = ConcurrentHashMap.newKeySet();

  @Test void classes_of_a_parallel_build_take_turns() {
    Launched launched = Launched.run(PARALLEL, First.class, Second.class);
    assertThat(launched.ended(Status.SUCCESSFUL)).contains("kills_of_the_first", "loads_of_the_first",
        "kills_of_the_second", "loads_of_the_second");
    assertThat(launched.ended(Status.FAILED)).isEmpty();
    assertThat(CLUSTERS).as("each class has one of its own").hasSize(2);
    assertThat(MOST_AT_ONCE).as("tests at the same time").hasValue(1);
  }

  @Test void two_clusters_started_at_once_know_nothing_of_each_other() {
    CompletableFuture<Cluster> starting = CompletableFuture.supplyAsync(SeveralClustersTest::start);
    try (Cluster one = start(); Cluster other = starting.join()) {
      assertThat(addresses(one)).doesNotContainAnyElementsOf(addresses(other));

      CompletableFuture<LoadResult> undisturbed = CompletableFuture.supplyAsync(
          () -> other.load().get("/").closed(users(2), iterations(500)).run());
      one.instance(1).kill();
      one.balancer().awaitServing(one.instance(2), 1, Duration.ofSeconds(30));
      one.close();

      assertThat(undisturbed.join()).allSucceeded().evenlyDistributed();
      assertThat(other.instances()).allMatch(Instance::isRunning);
      assertThat(other.timeline().events()).isEmpty();
    } finally {
      starting.thenAccept(Cluster::close).join(); // a second time does nothing
    }
  }

  private static Cluster start() {
    return Cluster.builder().app(AppSpec.mainClass(TinyApp.class)).start();
  }

  private static List<Object> addresses(Cluster cluster) {
    return Stream.concat(
            Stream.of(cluster.uri(), cluster.postgres().address(), cluster.redis().address(), cluster.runDirectory()),
            cluster.instances().stream().map(Instance::uri))
        .map(Object.class::cast).toList();
  }

  /** Nested and static, so that only the tests above run them. */
  abstract static class Turn {
    @BeforeEach void count(Cluster cluster) {
      CLUSTERS.add(cluster.uri());
      MOST_AT_ONCE.accumulateAndGet(RUNNING.incrementAndGet(), Math::max);
    }

    @AfterEach void count_down() {
      RUNNING.decrementAndGet();
    }

    static void load(Cluster cluster) {
      assertThat(cluster.load().get("/").closed(users(2), iterations(50)).run()).allSucceeded().evenlyDistributed();
    }
  }

  @ClusterTest(app = TinyApp.class, calibrated = false)
  static final class First extends Turn {
    @Test void kills_of_the_first(Cluster cluster) {
      cluster.instance(1).kill();
    }

    @Test void loads_of_the_first(Cluster cluster) {
      load(cluster);
    }
  }

  @ClusterTest(app = TinyApp.class, calibrated = false)
  static final class Second extends Turn {
    @Test void kills_of_the_second(Cluster cluster) {
      cluster.instance(2).kill();
    }

    @Test void loads_of_the_second(Cluster cluster) {
      load(cluster);
    }
  }
}
