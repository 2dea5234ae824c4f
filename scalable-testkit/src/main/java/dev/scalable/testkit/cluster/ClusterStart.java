package dev.scalable.testkit.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Starts a cluster on this machine: PostgreSQL and Redis at once (and meanwhile finds Nginx), then the migration, then
 * all instances at once, and Nginx last, so that it never sees an instance that is not ready and marks it as failed.
 */
final class ClusterStart {
  private static final Duration SERVED_LIMIT = Duration.ofSeconds(30);

  private final ClusterSpec spec;
  private final RunDirectory run;
  private final Reaper reaper;
  private final Ports ports = new Ports();
  private final NodeLauncher launcher;

  private ClusterStart(ClusterSpec spec, RunDirectory run, Reaper reaper) {
    this.spec = spec;
    this.run = run;
    this.reaper = reaper;
    this.launcher = new NodeLauncher(run);
  }

  /** Returns the running cluster, or throws and leaves nothing running. */
  static Cluster start(ClusterSpec spec) {
    RunDirectory run = RunDirectory.create(spec.keepRun());
    Reaper reaper =
        Reaper.watch(run, spec.data() == null ? Reaper.PostgresStop.IMMEDIATE : Reaper.PostgresStop.FAST);
    ClusterStart start = new ClusterStart(spec, run, reaper);
    try {
      return start.timed("in all, until every instance was served", start::start);
    } catch (RuntimeException | Error e) {
      throw start.failed(e);
    }
  }

  private Cluster start() {
    if (spec.port() != 0 && !Ports.isFree(spec.port())) {
      throw new ClusterException("port " + spec.port()
          + ", on which the cluster was to be reached, is in use on 127.0.0.1:"
          + " end the process that listens there, or choose another port, or 0 for any free one");
    }
    AtomicReference<PostgresNode> postgres = new AtomicReference<>();
    AtomicReference<RedisNode> redis = new AtomicReference<>();
    AtomicReference<NginxBinary> nginx = new AtomicReference<>();
    Together.run(List.of(
        () -> step("PostgreSQL",
            () -> postgres.set(PostgresServer.start(launcher, ports, spec.data(), PostgresAccount.find()))),
        () -> step("Redis", () -> redis.set(RedisServer.start(launcher, ports, spec.data()))),
        () -> step("finding nginx", () -> nginx.set(NginxBinary.find()))));
    AppLauncher apps = new AppLauncher(launcher, spec.app(), spec.instances(), postgres.get(), redis.get());
    Slots.Factory factory =
        (number, port) -> new Instance(number, port, apps, spec.app(), run.log(Instance.id(number)));
    if (!spec.app().migration().isEmpty()) {
      step("migration", apps::migrate);
    }
    SortedMap<Integer, Instance> instances =
        timed("instances (" + spec.instances() + ")", () -> startInstances(factory));
    List<Integer> slots = new ArrayList<>(instances.values().stream().map(Instance::port).toList());
    while (slots.size() < spec.maxInstances()) {
      slots.add(ports.reserve());
    }
    NginxServer server = timed("nginx " + nginx.get().version(),
        () -> NginxServer.start(launcher, ports, nginx.get(), slots, spec.port()));
    Balancer balancer = new Balancer(server, spec.app());
    step("first answers through nginx",
        () -> instances.values().forEach(instance -> balancer.awaitServing(instance, 1, SERVED_LIMIT)));
    return new Cluster(spec.app(), new Slots(spec.instances(), slots, instances, balancer, factory), balancer,
        postgres.get(), redis.get(), run, this::close);
  }

  private SortedMap<Integer, Instance> startInstances(Slots.Factory factory) {
    SortedMap<Integer, Instance> started = new ConcurrentSkipListMap<>();
    Together.run(IntStream.rangeClosed(1, spec.instances())
        .<Runnable>mapToObj(number -> () -> started.put(number, PortRetry.start(() -> {
          Instance instance = factory.instance(number, ports.reserve());
          return new PortRetry.Attempt<>(instance.launch(), instance::awaitReady, instance);
        })))
        .toList());
    return started;
  }

  private void step(String what, Runnable step) {
    timed(what, () -> {
      step.run();
      return what;
    });
  }

  /** Takes a step, and tells how long it took. */
  private <T> T timed(String what, Supplier<T> step) {
    long begin = System.nanoTime();
    T result = step.get();
    spec.progress().accept(String.format(Locale.ROOT, "%6.2f s  %s", (System.nanoTime() - begin) / 1e9, what));
    return result;
  }

  private void close() {
    reaper.close();
    ports.close(); // not if the reaper failed: what still runs may listen on them
  }

  /** Ends what was started, and makes the exception that tells why the start failed, with every node's last lines. */
  private ClusterException failed(Throwable cause) {
    StringBuilder message = new StringBuilder("the cluster did not start");
    for (Throwable reason = cause; reason != null; reason = reason.getCause()) {
      message.append(": ").append(reason.getMessage());
    }
    for (NodeLog log : run.logs()) {
      String excerpt = log.excerpt();
      if (message.indexOf(excerpt) < 0) {
        message.append('\n').append(excerpt);
      }
    }
    if (spec.keepRun()) {
      message.append("\nThe run directory is kept: ").append(run.path());
    }
    ClusterException failure = new ClusterException(message.toString(), cause);
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }
}
