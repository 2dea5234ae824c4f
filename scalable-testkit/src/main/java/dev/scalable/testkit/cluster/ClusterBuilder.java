package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Program;
import dev.scalable.testkit.run.Run;
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
  private Backend backend = Backend.AUTO;
  private @Nullable Path balancerTemplate;
  private boolean links;
  private boolean calibrated;

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

  /**
   * How many instances there can ever be at once; no more than to start with if nothing is said. Nginx knows all places
   * from the beginning, so that an instance joins without a reload; those that are free it tries now and then.
   */
  public ClusterBuilder maxInstances(int count) {
    maxInstances = count;
    return this;
  }

  /**
   * Where it runs; {@link Backend#AUTO} if nothing is said. What is said here wins over the environment's {@code
   * SCALABLE_TESTKIT_BACKEND}; if nothing is, {@code SCALABLE_TESTKIT_REQUIRE} makes any other than the one it names a
   * failure.
   */
  public ClusterBuilder backend(Backend kind) {
    backend = kind;
    return this;
  }

  /**
   * Puts the files of {@code folder} in the place of those that Scalable ships for Nginx, by their path relative to
   * nginx.conf: for a team that deploys a changed template, so that what is tested is still what is deployed. Other
   * files, and the folder's {@code site}, are ignored.
   */
  public ClusterBuilder balancerTemplate(Path folder) {
    balancerTemplate = folder.toAbsolutePath();
    return this;
  }

  /**
   * Puts a link between the instances and each of PostgreSQL and Redis, on which faults can be injected. Without this
   * they are connected directly, so that nothing of the testkit is on the path that is measured.
   */
  public ClusterBuilder links() {
    links = true;
    return this;
  }

  /**
   * Measures, for a second before the first load, what load generator and balancer can do on this machine without any
   * app, so that performance can be judged by it; see {@link Cluster#calibrate}.
   */
  public ClusterBuilder calibrated() {
    calibrated = true;
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

  /** What was said so far that cannot be, as sentences, which {@link #start} throws; empty if nothing is wrong. */
  public List<String> mistakes() {
    return plan().mistakes;
  }

  /**
   * Starts the cluster and waits until every instance has answered through the balancer.
   *
   * @throws IllegalArgumentException if something was said that cannot be, with every such mistake
   * @throws ClusterException if it does not start, with the last log lines of every node; nothing of it runs then
   */
  public Cluster start() {
    Plan plan = plan();
    AppSpec spec = plan.app;
    if (spec == null || !plan.mistakes.isEmpty()) {
      throw new IllegalArgumentException("this cluster cannot be:\n- " + String.join("\n- ", plan.mistakes));
    }
    if (port != 0 && !Run.isPortFree(port)) {
      throw new ClusterException("port " + port + ", on which the cluster was to be reached, is in use on 127.0.0.1:"
          + " end the process that listens there, or choose another port, or 0 for any free one");
    }
    return ClusterStart.start(new ClusterSpec(
        spec, backend, plan.instances, plan.maxInstances, port, data, keepRun, BalancerTemplate.read(balancerTemplate),
        links, calibrated, progress));
  }

  /** What is going to be started, and what is wrong with it. */
  private record Plan(@Nullable AppSpec app, int instances, int maxInstances, List<String> mistakes) {}

  private Plan plan() {
    List<String> mistakes = new ArrayList<>();
    // Who asks for processes or containers by code means them, whatever the environment names.
    boolean anywhere = backend == Backend.AUTO || backend == Backend.EXTERNAL;
    AppSpec spec = app == null || !anywhere ? app : RunningCluster.or(app, System.getenv(), mistakes);
    boolean running = spec != null && spec.program() instanceof Program.Running;
    int count = spec != null && spec.program() instanceof Program.Running known ? known.instances().size() : instances;
    int most = running ? count : maxInstances == 0 ? count : maxInstances;
    if (count < 1 && !running) {
      mistakes.add("instances must be at least 1, not " + count);
    }
    if (most < count) {
      mistakes.add("maxInstances (" + most + ") must not be less than instances (" + count + ")");
    }
    if (port < 0 || port > 65_535) {
      mistakes.add("port must be from 0 to 65535, not " + port);
    }
    if (spec == null) {
      mistakes.add("app(AppSpec) is missing");
    } else {
      mistakes.addAll(spec.mistakes());
    }
    return new Plan(spec, count, most, List.copyOf(mistakes));
  }
}
