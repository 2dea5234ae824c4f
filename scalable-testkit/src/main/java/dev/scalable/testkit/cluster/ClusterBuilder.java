package dev.scalable.testkit.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what cluster is wanted. Only {@link #app} is required. Not safe for use by several threads. */
public final class ClusterBuilder {
  private static final Logger log = LoggerFactory.getLogger(Cluster.class);

  private @Nullable AppSpec app;
  private int instances = 2;
  private int maxInstances;
  private int port;
  private @Nullable Path data;
  private boolean keepRun = Boolean.getBoolean("scalable.testkit.keep");
  private Consumer<String> progress = log::info;

  ClusterBuilder() {}

  /** The app to run. */
  public ClusterBuilder app(AppSpec spec) {
    app = spec;
    return this;
  }

  /** How many instances to start with; 2 if nothing is said. */
  public ClusterBuilder instances(int count) {
    instances = count;
    return this;
  }

  /** How many instances there can ever be at once; two more than to start with if nothing is said. */
  public ClusterBuilder maxInstances(int count) {
    maxInstances = count;
    return this;
  }

  /** The port on 127.0.0.1 where clients come in; 0, and so any free one, if nothing is said. */
  public ClusterBuilder port(int number) {
    port = number;
    return this;
  }

  /**
   * Keeps the data of PostgreSQL and Redis in {@code folder}, which is made if it does not exist, and writes it as
   * safely as in production. If nothing is said the data is thrown away with the cluster.
   */
  public ClusterBuilder dataDirectory(Path folder) {
    data = folder.toAbsolutePath();
    return this;
  }

  /**
   * Leaves the run directory, with all logs, when the cluster is closed; so does {@code -Dscalable.testkit.keep=true}.
   */
  public ClusterBuilder keepRunDirectory() {
    keepRun = true;
    return this;
  }

  /** Who is told what was started and how long it took, by any thread; the log if nothing is said. */
  public ClusterBuilder progress(Consumer<String> lines) {
    progress = lines;
    return this;
  }

  /**
   * Starts the cluster and waits until every instance has answered through the balancer.
   *
   * @throws IllegalArgumentException if something was said that cannot be, with every such mistake
   * @throws ClusterException if it does not start, with the last log lines of every node; nothing of it runs then
   */
  public Cluster start() {
    List<String> mistakes = new ArrayList<>();
    int most = maxInstances == 0 ? instances + 2 : maxInstances;
    if (instances < 1) {
      mistakes.add("instances must be at least 1, not " + instances);
    }
    if (most < instances) {
      mistakes.add("maxInstances (" + most + ") must not be less than instances (" + instances + ")");
    }
    if (port < 0 || port > 65_535) {
      mistakes.add("port must be from 0 to 65535, not " + port);
    }
    AppSpec spec = app;
    if (spec == null) {
      mistakes.add("app(AppSpec) is missing");
    } else {
      mistakes.addAll(spec.mistakes());
    }
    if (spec == null || !mistakes.isEmpty()) {
      throw new IllegalArgumentException("this cluster cannot be:\n- " + String.join("\n- ", mistakes));
    }
    return Cluster.start(new ClusterSpec(spec, instances, most, port, data, keepRun, progress));
  }
}
