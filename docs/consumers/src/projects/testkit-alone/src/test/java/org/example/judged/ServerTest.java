package org.example.judged;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;
import static java.time.Duration.ofMillis;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.junit.ClusterTest;
import org.junit.jupiter.api.Test;

/** The testkit judges a server that has nothing of the library. */
@ClusterTest(app = Server.class, instances = 2, env = {"HOST=${HOST}", "PORT=${PORT}", "INSTANCE_ID=${INSTANCE_ID}"})
class ServerTest {

  @Test
  void its_instances_share_the_load(Cluster cluster) {
    assertThat(cluster.load().get("/").closed(users(4), iterations(25)).run()).allSucceeded().evenlyDistributed();
  }

  @Test
  void no_read_is_lost_when_one_is_killed(Cluster cluster) {
    assertThat(cluster.load().get("/").closed(users(4).during(ofMillis(1_500)))
        .fault(at(ofMillis(500)), "kill app-1", () -> cluster.instance(1).kill()).run()).lostNothing();
  }

  @Test
  void the_library_is_not_there() {
    assertThrows(ClassNotFoundException.class, () -> Class.forName("dev.scalable.ScalableModule"));
  }
}
