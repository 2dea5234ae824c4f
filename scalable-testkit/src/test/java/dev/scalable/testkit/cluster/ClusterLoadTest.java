package dev.scalable.testkit.cluster;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;

import dev.scalable.testkit.junit.ClusterTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Load and faults on one cluster, together. */
@ClusterTest(app = TinyApp.class, instances = 2, maxInstances = 3)
class ClusterLoadTest {
  @Test void load_is_spread_evenly_over_the_instances(Cluster cluster) {
    assertThat(cluster.load().get("/").closed(users(10), iterations(50)).run()).allSucceeded().evenlyDistributed();
  }

  @Test void a_killed_instance_loses_no_request(Cluster cluster) {
    var run = cluster.load().get("/").closed(users(4).during(Duration.ofSeconds(2)))
        .fault(at(Duration.ofMillis(300)), "kill app-1", () -> cluster.instance(1).kill())
        .fault(at(Duration.ofMillis(700)), "start app-1", () -> cluster.instance(1).start())
        .run();
    assertThat(run).lostNothing();
  }

  @Test void a_rolling_restart_loses_no_read(Cluster cluster) {
    var run = cluster.load().get("/").closed(users(4))
        .whileRunning(() -> cluster.rollingRestart(RollingPolicy.standard().soak(Duration.ofMillis(100))))
        .run();
    assertThat(run).lostNothing();
  }

  @Test void nginx_answers_the_calibration_by_itself(Cluster cluster) {
    assertThat(cluster.calibration().closed(users(2), iterations(50)).run()).allSucceeded();
  }
}
