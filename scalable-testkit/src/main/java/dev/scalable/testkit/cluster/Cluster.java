package dev.scalable.testkit.cluster;

import dev.scalable.testkit.load.Load;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A running cluster: instances of an app behind Nginx, with one PostgreSQL and one Redis that all of them use. Safe for
 * use by several threads.
 *
 * <pre>{@code
 * try (Cluster cluster = Cluster.builder().app(AppSpec.mainClass(Main.class)).instances(2).start()) {
 *   cluster.instance(1).kill();
 *   ... // cluster.uri() still answers
 * }
 * }</pre>
 *
 * <p>Whatever way the JVM ends, no process of the cluster outlives it by more than the time they take to stop.
 */
public final class Cluster implements AutoCloseable {
  private final AppSpec app;
  private final Slots slots;
  private final Balancer balancer;
  private final PostgresNode postgres;
  private final RedisNode redis;
  private final RunDirectory run;
  private final Runnable end;

  Cluster(AppSpec app, Slots slots, Balancer balancer, PostgresNode postgres, RedisNode redis, RunDirectory run,
      Runnable end) {
    this.app = app;
    this.slots = slots;
    this.balancer = balancer;
    this.postgres = postgres;
    this.redis = redis;
    this.run = run;
    this.end = end;
  }

  /** Begins the description of a cluster. */
  public static ClusterBuilder builder() {
    return new ClusterBuilder();
  }

  static Cluster start(ClusterSpec spec) {
    return ClusterStart.start(spec);
  }

  /** Where clients come in: the balancer's address. */
  public URI uri() {
    return balancer.uri();
  }

  /**
   * Begins the description of a load on this cluster through its balancer. All its instances, as they are when the load
   * begins, are expected to answer.
   */
  public Load load() {
    return Load.against(uri())
        .instanceHeader(app.instanceHeader())
        .instances(() -> instances().stream().map(Instance::id).toList());
  }

  /**
   * Begins the description of a load that Nginx answers by itself, with 204: what the load generator and this machine
   * can do without any app, to compare other loads with.
   */
  public Load calibration() {
    return Load.against(balancer.statusUri()).get("/calibration");
  }

  /** All instances by number, those too that do not run at the moment. */
  public List<Instance> instances() {
    return slots.all();
  }

  /**
   * The instance {@code number}, counted from 1.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Instance instance(int number) {
    return slots.get(number);
  }

  /**
   * Starts one more instance in the first free place, and waits until it has answered through the balancer. Nothing
   * else is restarted or reloaded.
   *
   * @throws IllegalStateException if all places ({@link ClusterBuilder#maxInstances}) are taken
   * @throws ClusterException if it does not become ready; the cluster is then as it was
   */
  public Instance addInstance() {
    return slots.add();
  }

  /**
   * Terminates the instance {@code number}, killing it after 40 s, and frees its place.
   *
   * @throws IllegalArgumentException if there is none
   * @throws IllegalStateException if it does not run
   */
  public Exit removeInstance(int number) {
    return slots.remove(number, RollingPolicy.standard().grace());
  }

  /** Restarts all instances one after the other, by {@link RollingPolicy#standard}. */
  public void rollingRestart() {
    rollingRestart(RollingPolicy.standard());
  }

  /**
   * Restarts all instances one after the other: waits until all others are served, terminates, starts, waits until the
   * balancer uses it again, lets it soak.
   *
   * @throws ClusterException if an instance does not end by itself or does not come back; the others are left running
   */
  public void rollingRestart(RollingPolicy policy) {
    slots.rollingRestart(policy);
  }

  /**
   * Makes the instances those of the start again: resumes what is paused, starts what has ended, removes what was
   * added. Data is left as it is.
   */
  public void restore() {
    slots.restore();
  }

  /** The Nginx in front. */
  public Balancer balancer() {
    return balancer;
  }

  /** The database of all instances. */
  public PostgresNode postgres() {
    return postgres;
  }

  /** The Redis of all instances. */
  public RedisNode redis() {
    return redis;
  }

  /** Where the logs and the rendered configuration are, until the cluster is closed. */
  public Path runDirectory() {
    return run.path();
  }

  /** Leaves the run directory, with all logs, when the cluster is closed, for a person to look at. */
  public void keepRunDirectory() {
    run.keep();
  }

  /** What every process printed so far, by the name of its file, and last what Nginx complained of. */
  public List<NodeLog> logs() {
    return Stream.concat(run.logs().stream(), Stream.of(balancer.log())).toList();
  }

  /**
   * Ends all processes, in the order Nginx, app, Redis, PostgreSQL, and deletes the run directory unless it is to be
   * kept. Instances get five seconds to end by themselves. A second call does nothing.
   *
   * @throws ClusterException if processes cannot be ended, naming them; the directory stays, and a second call tries
   *     again
   */
  @Override
  public void close() {
    end.run();
  }

  /** What runs where. */
  @Override
  public String toString() {
    return "cluster at " + uri() + " of " + instances() + ", PostgreSQL on port " + postgres.port() + ", Redis on port "
        + redis.port() + ", files in " + run.path();
  }
}
