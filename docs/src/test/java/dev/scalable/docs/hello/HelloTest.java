package dev.scalable.docs.hello;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;
import static java.time.Duration.ofSeconds;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.junit.ClusterTest;
import org.junit.jupiter.api.Test;

@ClusterTest(app = Main.class, instances = 2) // two processes behind a real Nginx, with PostgreSQL and Redis
class HelloTest {
  @Test void shares_the_load(Cluster cluster) {
    assertThat(cluster.load().get("/hello/you").closed(users(10), iterations(50)).run()).allSucceeded().evenlyDistributed();
  }

  @Test void loses_nothing_when_an_instance_is_killed(Cluster cluster) {
    assertThat(cluster.load().get("/hello/you").closed(users(8).during(ofSeconds(3)))
        .fault(at(ofSeconds(1)), "kill app-1", () -> cluster.instance(1).kill()).run()).lostNothing();
  }
}
