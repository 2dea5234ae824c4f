package dev.scalable;

import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.PostgresNode;
import dev.scalable.testkit.cluster.RedisNode;

/**
 * A real PostgreSQL, a real Redis and one instance of {@link TinyService} behind a real Nginx: started when a test first asks, one
 * for all classes of a run, and ended with the test JVM.
 */
public final class TestStack {

  private static final class Holder {
    static final Cluster CLUSTER =
        Cluster.builder().app(AppSpec.mainClass(TinyService.class)).instances(1).maxInstances(1).start();
  }

  private TestStack() {}

  /** The whole cluster. */
  public static Cluster cluster() {
    return Holder.CLUSTER;
  }

  /** Its PostgreSQL; make tables of your own. */
  public static PostgresNode postgres() {
    return cluster().postgres();
  }

  /** Its Redis; use a namespace of your own. */
  public static RedisNode redis() {
    return cluster().redis();
  }
}
