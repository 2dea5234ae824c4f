package dev.scalable.testkit.external;

import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.backend.Environment;
import dev.scalable.testkit.backend.Front;
import dev.scalable.testkit.backend.Launch;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.backend.Place;
import dev.scalable.testkit.backend.Program;
import dev.scalable.testkit.backend.Store;
import dev.scalable.testkit.run.Run;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The addresses of a cluster that runs already. All that would change it is refused. */
final class ExternalEnvironment implements Environment {
  private static final int HTTP = 80;
  private static final int REDIS = 6379;

  private final Program.Running running;
  private final Run run;

  private ExternalEnvironment(Program.Running running, Run run) {
    this.running = running;
    this.run = run;
  }

  static ExternalEnvironment of(Program.Running running, boolean keepDirectory) {
    return new ExternalEnvironment(running, Run.begin(keepDirectory, false));
  }

  @Override
  public String description() {
    return "a cluster that runs already at " + running.balancer();
  }

  @Override
  public Set<Capability> capabilities() {
    EnumSet<Capability> known = EnumSet.noneOf(Capability.class);
    if (running.postgres() != null) {
      known.add(Capability.POSTGRES);
    }
    if (running.redis() != null) {
      known.add(Capability.REDIS);
    }
    return Collections.unmodifiableSet(known);
  }

  @Override
  public void prepare() {}

  @Override
  public Store.Postgres postgres(@Nullable Path data) {
    Program.Database database = running.postgres();
    if (database == null) {
      throw refused("knowing its PostgreSQL");
    }
    return ExternalPostgres.at(database, run.log("postgres"));
  }

  @Override
  public Store redis(@Nullable Path data) {
    URI redis = running.redis();
    if (redis == null) {
      throw refused("knowing its Redis");
    }
    int port = redis.getPort() == -1 ? REDIS : redis.getPort();
    return new ExternalStore(new InetSocketAddress(redis.getHost(), port), run.log("redis"));
  }

  @Override
  public InetAddress reachableByApps() {
    throw refused("links on which faults can be injected");
  }

  @Override
  public Place place(int number) {
    Map.Entry<String, URI> instance = List.copyOf(running.instances().entrySet()).get(number - 1);
    URI uri = instance.getValue();
    int port = uri.getPort() == -1 ? HTTP : uri.getPort();
    return new Place(
        number, instance.getKey(), uri, uri.getHost(), port, InetSocketAddress.createUnresolved(uri.getHost(), port));
  }

  @Override
  public Node launch(Place place, Launch launch) {
    return new ExternalNode(place.id(), run.log(place.id()));
  }

  @Override
  public void run(Launch launch, Duration limit) {
    throw refused("a migration");
  }

  @Override
  public Front balancer(List<Place> places, int port) {
    return new ExternalFront(running.balancer(), new ExternalNode("balancer", run.log("balancer")));
  }

  @Override
  public Path directory() {
    return run.directory();
  }

  @Override
  public void keepDirectory() {
    run.keepDirectory();
  }

  @Override
  public List<NodeLog> logs() {
    return List.of();
  }

  @Override
  public void close() {
    run.close();
  }

  /** What cannot be done to what somebody else runs. */
  static UnsupportedOperationException refused(String what) {
    return new UnsupportedOperationException("a cluster that runs already does not take or tell " + what);
  }
}
