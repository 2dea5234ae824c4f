package dev.scalable;

import dev.scalable.server.TestServer;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.cluster.PostgresNode;
import dev.scalable.testkit.cluster.RedisNode;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;

/**
 * A real PostgreSQL, a real Redis and one instance of {@link TinyService} behind a real Nginx: started when a test first asks, one
 * for all classes of a run, and ended with the test JVM.
 */
public final class TestStack {

  private static final Pattern HEALTH = Pattern.compile("started in .* the health port (\\d+)");

  private static final class Holder {
    static final Cluster CLUSTER =
        Cluster.builder().app(app(TinyService.class)).instances(1).maxInstances(1).start();

    static {
      LibrarySchema.create(Jdbi.create(CLUSTER.postgres().dataSource()));
    }
  }

  private TestStack() {}

  /** An app of this library as a process of its own, with the threads that the tests are run with. */
  public static AppSpec app(Class<?> main) {
    return AppSpec.mainClass(main)
        .env("SCALABLE_HTTP_THREADS", TestServer.threads().name().toLowerCase(Locale.ROOT));
  }

  /** Where an instance tells of its health: it has any free port, and the line about its start says which. */
  public static URI health(Instance instance) {
    return URI.create("http://" + instance.uri().getHost() + ":" + instance.log().lines().stream()
        .flatMap(line -> HEALTH.matcher(line).results()).map(found -> found.group(1))
        .reduce((before, last) -> last).orElseThrow());
  }

  /** The whole cluster. */
  public static Cluster cluster() {
    return Holder.CLUSTER;
  }

  /** Its PostgreSQL, with what the library keeps there; make tables of your own. */
  public static PostgresNode postgres() {
    return cluster().postgres();
  }

  /** Its Redis; use a namespace of your own. */
  public static RedisNode redis() {
    return cluster().redis();
  }
}
