package dev.scalable.starter;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.ids;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;
import static java.time.Duration.ofSeconds;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.load.LoadResult;

/** A first look at a cluster: does it answer, does it share the load, does it survive the loss of an instance. */
@SuppressWarnings("SystemOut") // part of a command line
final class Smoke {

  private Smoke() {}

  /** Tries the cluster; throws AssertionError with what is wrong. */
  static void run(Cluster cluster) {
    System.out.println("\nsmoke: 500 reads by 10 users, shared by " + cluster.instances().size() + " instances");
    LoadResult reads = cluster.load().get("/products/{id}", ids(100)).closed(users(10), iterations(50)).run();
    assertThat(reads).requests(500).allSucceeded();

    if (cluster.instances().size() > 1) {
      assertThat(reads).evenlyDistributed();
      System.out.println("smoke: reads for 5 s, app-1 is killed after 1 s and started again after 2 s");
      LoadResult failover = cluster.load().get("/products/{id}", ids(100)).closed(users(8).during(ofSeconds(5)))
          .fault(at(ofSeconds(1)), "kill app-1", () -> cluster.instance(1).kill())
          .fault(at(ofSeconds(2)), "start app-1", () -> cluster.instance(1).start())
          .run();
      assertThat(failover).lostNothing();
    }
    System.out.println("smoke: all is well");
  }
}
