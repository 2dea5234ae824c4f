package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Environment;
import dev.scalable.testkit.backend.Launch;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.backend.Place;
import dev.scalable.testkit.backend.PortRetry;
import dev.scalable.testkit.backend.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Starts a cluster: PostgreSQL and Redis at once (and meanwhile finds the balancer), then the migration, then all
 * instances at once, and the balancer last, so that it never sees an instance that is not ready and marks it as failed.
 * How each is started is the environment's business, the order is the same everywhere.
 */
final class ClusterStart {
  private static final Duration SERVED_LIMIT = Duration.ofSeconds(30);
  private static final Duration RUNNING_LIMIT = Duration.ofSeconds(10);
  private static final Duration MIGRATION_LIMIT = Duration.ofMinutes(5);

  private final ClusterSpec spec;
  private final BackendChoice choice;
  private final Environment environment;
  private final Faults faults;
  private @Nullable Stores stores;

  private ClusterStart(ClusterSpec spec, BackendChoice choice, Environment environment) {
    this.spec = spec;
    this.choice = choice;
    this.environment = environment;
    this.faults = new Faults(environment.capabilities(), choice.name());
  }

  /** Returns the running cluster, or throws and leaves nothing running. */
  static Cluster start(ClusterSpec spec) {
    BackendChoice choice = BackendChoice.of(spec);
    spec.progress().accept("backend " + choice);
    Environment environment = choice.open(spec);
    ClusterStart start = new ClusterStart(spec, choice, environment);
    try {
      return start.timed("in all, until every instance was served", start::start);
    } catch (RuntimeException | Error e) {
      throw start.failed(e);
    }
  }

  private Cluster start() {
    Stores stores = startStores();
    this.stores = stores;
    Variables variables = Variables.of(spec.instances(), stores);
    AppSpec app = spec.app();
    Runnable migration = () -> environment.run(app.migration(variables), MIGRATION_LIMIT);
    if (app.hasMigration()) {
      step("migration", migration);
    }
    Slots.Factory factory =
        place -> new Instance(place, environment, each -> launch(variables, each), app, faults);
    SortedMap<Integer, Instance> instances =
        timed("instances (" + spec.instances() + ")", () -> startInstances(factory));
    List<Place> places = new ArrayList<>(instances.values().stream().map(Instance::place).toList());
    while (places.size() < spec.maxInstances()) {
      places.add(environment.place(places.size() + 1));
    }
    Balancer balancer =
        timed("balancer", () -> new Balancer(environment.balancer(places, spec.port()), app, faults));
    step("first answers through " + balancer.version(), () -> {
      instances.values().forEach(instance -> balancer.awaitServing(instance, 1, SERVED_LIMIT));
      if (instances.isEmpty()) { // they run already, and nobody said which they are
        balancer.awaitAnswer(RUNNING_LIMIT);
      }
    });
    Slots slots = new Slots(spec.instances(), places, instances, balancer, factory);
    return new Cluster(app, spec.calibrated(), choice, environment, faults, slots, balancer, stores, migration);
  }

  private Stores startStores() {
    AtomicReference<Store.@Nullable Postgres> postgres = new AtomicReference<>();
    AtomicReference<@Nullable Store> redis = new AtomicReference<>();
    List<Runnable> steps = new ArrayList<>();
    if (environment.capabilities().contains(Capability.POSTGRES)) {
      steps.add(() -> step("PostgreSQL", () -> postgres.set(environment.postgres(spec.data()))));
    }
    if (environment.capabilities().contains(Capability.REDIS)) {
      steps.add(() -> step("Redis", () -> redis.set(environment.redis(spec.data()))));
    }
    steps.add(() -> step("finding the balancer", environment::prepare));
    Together.run(steps);
    Stores stores = Stores.direct(postgres.get(), redis.get());
    return spec.links() ? stores.linked(environment) : stores;
  }

  private Launch launch(Variables variables, Place place) {
    return spec.app().launch(place.id(), variables.with(place.id(), place.host(), place.port()));
  }

  private SortedMap<Integer, Instance> startInstances(Slots.Factory factory) {
    SortedMap<Integer, Instance> started = new ConcurrentSkipListMap<>();
    Together.run(IntStream.rangeClosed(1, spec.instances())
        .<Runnable>mapToObj(number -> () -> started.put(number, PortRetry.start(() -> {
          Instance instance = factory.instance(environment.place(number));
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

  /** Ends what was started, and makes the exception that tells why the start failed, with every node's last lines. */
  private ClusterException failed(Throwable cause) {
    StringBuilder message = new StringBuilder("the cluster (" + choice + ") did not start");
    for (Throwable reason = cause; reason != null; reason = reason.getCause()) {
      message.append(": ").append(reason.getMessage());
    }
    List<RuntimeException> more = new ArrayList<>();
    quietly(() -> appendLogs(message), more);
    if (spec.keepRun()) {
      message.append("\nThe run directory is kept: ").append(environment.directory());
    }
    if (stores != null) {
      quietly(stores::close, more);
    }
    quietly(environment::close, more);
    ClusterException failure = new ClusterException(message.toString(), cause);
    more.forEach(failure::addSuppressed);
    return failure;
  }

  private void appendLogs(StringBuilder message) {
    for (NodeLog log : environment.logs()) {
      String excerpt = log.excerpt();
      if (message.indexOf(excerpt) < 0) {
        message.append('\n').append(excerpt);
      }
    }
  }

  private static void quietly(Runnable step, List<RuntimeException> failures) {
    try {
      step.run();
    } catch (RuntimeException e) {
      failures.add(e);
    }
  }
}
