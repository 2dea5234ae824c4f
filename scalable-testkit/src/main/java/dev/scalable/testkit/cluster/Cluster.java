package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Environment;
import dev.scalable.testkit.backend.Exit;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.history.Timeline;
import dev.scalable.testkit.load.Calibration;
import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A running cluster: instances of an app behind Nginx, with one PostgreSQL and one Redis that all of them use. Safe for
 * use by several threads.
 *
 * <pre>{@code
 * try (Cluster cluster = Cluster.builder().app(AppSpec.mainClass(Main.class)).instances(2).start()) {
 *   cluster.instance(1).kill();
 *   assertThat(cluster.load().get("/").closed(users(10), iterations(10)).run()).allSucceeded(); // by app-2
 * }
 * }</pre>
 *
 * <p>Whatever way the JVM ends, no process of the cluster outlives it by more than the time they take to stop.
 */
public final class Cluster implements AutoCloseable {
  private final AppSpec app;
  private final BackendChoice choice;
  private final Environment environment;
  private final Faults faults;
  private final Slots slots;
  private final Balancer balancer;
  private final Stores stores;
  private final Runnable migration;
  private final @Nullable PostgresNode postgres;
  private final @Nullable RedisNode redis;
  private final boolean calibrated;
  private final List<Consumer<LoadResult>> listeners = new CopyOnWriteArrayList<>();
  private final Calibrations calibrations;
  private volatile @Nullable Path report;

  Cluster(AppSpec app, boolean calibrated, BackendChoice choice, Environment environment, Faults faults, Slots slots,
      Balancer balancer, Stores stores, Runnable migration) {
    this.app = app;
    this.calibrated = calibrated && faults.capabilities().contains(Capability.CALIBRATION);
    this.choice = choice;
    this.environment = environment;
    this.faults = faults;
    this.slots = slots;
    this.balancer = balancer;
    this.stores = stores;
    this.migration = migration;
    this.postgres =
        stores.postgres() == null ? null : new PostgresNode(stores.postgres(), stores.postgresLink(), faults);
    this.redis = stores.redis() == null ? null : new RedisNode(stores.redis(), stores.redisLink(), faults);
    this.calibrations = new Calibrations(this::calibration);
  }

  /** Begins the description of a cluster. */
  public static ClusterBuilder builder() {
    return new ClusterBuilder();
  }

  /** Where it runs, why there, and what it is made of, in one line whose first word is the name of the backend. */
  public String backend() {
    return choice + ": " + environment.description() + ", " + balancer.version();
  }

  /** What can be done to it; the javadoc of each method says what it needs. */
  public Set<Capability> capabilities() {
    return faults.capabilities();
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
    Load load = Load.against(uri())
        .instanceHeader(app.instanceHeader())
        .instances(() -> instances().stream().map(Instance::id).toList())
        .pinnedTo(this::directUris)
        .freePlaces(slots::free)
        .timeline(faults.timeline())
        .cpu(this::cpuTimes);
    listeners.forEach(load::listener);
    Path told = report;
    if (told != null) {
      load.report(told);
    }
    if (calibrated) {
      load.calibratedBy(calibrations::before, calibrations::again);
    }
    return load;
  }

  /**
   * Has {@code listener} be told of the result of every load that {@link #load} describes from now on.
   *
   * @param listener called by the thread that ran the load, which gets what it throws
   */
  public void onResult(Consumer<LoadResult> listener) {
    listeners.add(listener);
  }

  /** Says where the report will be, for the result of every load that {@link #load} describes from now on to tell. */
  public void reportAt(Path file) {
    report = file;
  }

  /** What was done to nodes, and when, since the cluster was started. */
  public Timeline timeline() {
    return faults.timeline();
  }

  /**
   * What the load generator and the balancer can do on this machine without any app: measured for a second when it is
   * asked for the first time, and known from then on. A cluster that was {@linkplain ClusterBuilder#calibrated built
   * so} measures it before its first load.
   *
   * @throws UnsupportedOperationException without {@link Capability#CALIBRATION}
   */
  public Calibration calibrate() {
    return calibrations.before();
  }

  /**
   * What the machine could do before the first load, and, if results were compared with that, after the last of those
   * loads; see {@link LoadResult#calibrationAfterwards}. Empty without a calibration.
   */
  public List<Calibration> calibrations() {
    return calibrations.all();
  }

  private Map<String, URI> directUris() {
    Map<String, URI> uris = new TreeMap<>();
    instances().forEach(instance -> uris.put(instance.id(), instance.uri()));
    return uris;
  }

  /**
   * Begins the description of a load that Nginx answers by itself, with 204: what the load generator and this machine
   * can do without any app, to compare other loads with.
   *
   * @throws UnsupportedOperationException without {@link Capability#CALIBRATION}
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
   * else is restarted or reloaded, but the balancer if the last instance in that place had been marked down.
   *
   * @throws IllegalStateException if all places ({@link ClusterBuilder#maxInstances}) are taken
   * @throws ClusterException if it does not become ready; the cluster is then as it was
   * @throws UnsupportedOperationException without {@link Capability#RESIZE}
   */
  public Instance addInstance() {
    faults.require(Capability.RESIZE);
    return slots.add();
  }

  /**
   * Terminates the instance {@code number}, killing it after 40 s, and frees its place.
   *
   * @throws IllegalArgumentException if there is none
   * @throws IllegalStateException if it does not run
   * @throws UnsupportedOperationException without {@link Capability#RESIZE}
   */
  public Exit removeInstance(int number) {
    faults.require(Capability.RESIZE);
    return slots.remove(number, RollingPolicy.standard().grace());
  }

  /**
   * Runs the migration step again, beside the running instances, as a deployment does before it replaces them.
   *
   * @throws IllegalStateException if the {@link AppSpec} names none
   * @throws ClusterException if it fails, with its last log lines; nothing else is touched
   * @throws UnsupportedOperationException without {@link Capability#RESTART}
   */
  public void migrate() {
    faults.require(Capability.RESTART);
    migration.run();
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
   * @throws UnsupportedOperationException without {@link Capability#RESTART}
   */
  public void rollingRestart(RollingPolicy policy) {
    faults.require(Capability.RESTART);
    slots.rollingRestart(policy);
  }

  /**
   * Makes the instances those of the start again: resumes what is paused, starts what has ended, removes what was
   * added, puts into rotation what was marked down; restores links and starts stores that were stopped. Data is left as
   * it is. Where nodes cannot be started it does nothing.
   */
  public void restore() {
    stores.restore();
    if (faults.capabilities().contains(Capability.STORE_RESTART)) {
      if (postgres != null && !postgres.server().node().isRunning()) {
        postgres.start();
      }
      if (redis != null && !redis.server().node().isRunning()) {
        redis.start();
      }
    }
    if (faults.capabilities().contains(Capability.RESTART)) {
      balancer.restore();
      slots.restore();
    }
  }

  /**
   * Empties the data: all tables but those that {@code keep} names and the bookkeeping of Flyway and Liquibase, and all
   * of Redis. The instances are not told, so what they keep in memory they may answer with for as long as they would
   * after any change behind their backs.
   *
   * @param keep names of tables, without schema; of a partitioned table, or of single partitions
   * @throws ClusterException if a table cannot be emptied, since a kept one refers to it or the app holds a lock on it
   * @throws UnsupportedOperationException without {@link Capability#RESET}
   */
  public void reset(String... keep) {
    faults.require(Capability.RESET);
    EmptyTables.in(postgres().dataSource(), Set.of(keep));
    redis().flushAll();
  }

  /** The Nginx in front. */
  public Balancer balancer() {
    return balancer;
  }

  /**
   * The database of all instances.
   *
   * @throws UnsupportedOperationException without {@link Capability#POSTGRES}
   */
  public PostgresNode postgres() {
    faults.require(Capability.POSTGRES);
    return Objects.requireNonNull(postgres);
  }

  /**
   * The Redis of all instances.
   *
   * @throws UnsupportedOperationException without {@link Capability#REDIS}
   */
  public RedisNode redis() {
    faults.require(Capability.REDIS);
    return Objects.requireNonNull(redis);
  }

  /**
   * The processor time that each node has used since it was started, by its name; a node that does not run is not
   * there. Empty without {@link Capability#CPU_TIME}.
   */
  public Map<String, Duration> cpuTimes() {
    if (!faults.capabilities().contains(Capability.CPU_TIME)) {
      return Map.of();
    }
    Map<String, Duration> times = new TreeMap<>();
    instances().stream().filter(Instance::isRunning).forEach(each -> times.put(each.id(), each.cpuTime()));
    for (Node node : Stream.of(balancer.node(), postgres().server().node(), redis().server().node()).toList()) {
      times.put(node.name(), node.cpuTime());
    }
    return times;
  }

  /** Where the logs and the rendered configuration are, until the cluster is closed. */
  public Path runDirectory() {
    return environment.directory();
  }

  /** Leaves the run directory, with all logs, when the cluster is closed, for a person to look at. */
  public void keepRunDirectory() {
    environment.keepDirectory();
  }

  /** What every process printed so far, by the name of its file, and last what Nginx complained of. */
  public List<NodeLog> logs() {
    return faults.capabilities().contains(Capability.LOGS)
        ? Stream.concat(environment.logs().stream(), Stream.of(balancer.log())).toList()
        : List.of();
  }

  /**
   * What instances that do not run have left, a sentence for each: a process that they started, a port on which
   * somebody still listens. Where instances cannot be ended there is nothing.
   */
  public List<String> leftovers() {
    return faults.capabilities().contains(Capability.KILL)
        ? Stream.concat(environment.strays().stream(), slots.busyWithoutInstance().stream()).toList()
        : List.of();
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
    calibrations.close();
    stores.close();
    environment.close();
  }

  /** What runs where. */
  @Override
  public String toString() {
    return "cluster at " + uri() + " of " + instances() + (postgres == null ? "" : ", " + postgres)
        + (redis == null ? "" : ", " + redis) + ", files in " + runDirectory();
  }
}
