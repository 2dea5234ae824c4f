package dev.scalable.testkit.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import dev.scalable.testkit.backend.BackendProvider;
import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Environment;
import dev.scalable.testkit.backend.Front;
import dev.scalable.testkit.backend.Launch;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.backend.Place;
import dev.scalable.testkit.backend.Store;
import dev.scalable.testkit.nginx.NginxVersion;
import dev.scalable.testkit.run.Run;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One cluster's containers in one network. An instance runs in the network of a second container, its place, which does
 * nothing but keep the address: so a dead instance refuses connections as a dead process does, and an empty place too.
 * Without it nobody would be at the address, and the balancer would wait for an answer until its limit, at every try.
 */
final class DockerEnvironment implements Environment {
  /** For a process that ends before the second compiler has paid off. */
  private static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1");

  /** The same in every place: no two places share an address. */
  private static final int APP_PORT = 8080;

  private final Engine engine;
  private final Images images;
  private final Room room;
  private final AppContainers apps;
  private final Nodes nodes;
  private final Map<String, String> balancerTemplate;
  private final Thread hook = new Thread(this::close, "scalable-testkit-containers");
  private volatile @Nullable NginxVersion nginx;
  private boolean closed;

  private DockerEnvironment(Engine engine, Images images, Room room, BackendProvider.Request request) {
    this.engine = engine;
    this.images = images;
    this.room = room;
    this.apps = new AppContainers(room, images, request.program());
    this.nodes = new Nodes(room, request.keepData());
    this.balancerTemplate = request.balancerTemplate();
  }

  static DockerEnvironment open(Engine engine, Images images, BackendProvider.Request request) {
    Run run = Run.begin(request.keepDirectory(), request.keepData());
    try {
      Leftovers.remove(engine);
      DockerEnvironment environment = new DockerEnvironment(engine, images, Room.open(engine, run), request);
      Runtime.getRuntime().addShutdownHook(environment.hook);
      return environment;
    } catch (RuntimeException | Error e) {
      run.close();
      throw e;
    }
  }

  @Override
  public String description() {
    return engine + ", images " + images;
  }

  /** Processor times and the way back to this machine are known to exist only where the engine's kernel is this one. */
  @Override
  public Set<Capability> capabilities() {
    Set<Capability> all = EnumSet.allOf(Capability.class);
    if (!engine.here()) {
      all.removeAll(Set.of(Capability.CPU_TIME, Capability.LINK_FAULTS));
    }
    return Collections.unmodifiableSet(all);
  }

  @Override
  public void prepare() {
    nginx = ContainerNginx.version(room, images.nginx());
  }

  @Override
  public Store.Postgres postgres(@Nullable Path data) {
    return nodes.postgres(ContainerPostgres.start(room, images.postgres(), data));
  }

  @Override
  public Store redis(@Nullable Path data) {
    return nodes.redis(ContainerRedis.start(room, images.redis(), data));
  }

  @Override
  public InetAddress reachableByApps() {
    return ContainerStore.socket(room.gateway(), APP_PORT).getAddress();
  }

  @Override
  public Place place(int number) {
    String address = room.reserveAddress();
    CreateContainerCmd keeper =
        room.at(address, room.container(images.nginx(), "place-" + number).withEntrypoint("sleep", "infinity"));
    Room.Published place = room.startPublished(keeper, "place-" + number, 0, APP_PORT).published();
    URI uri = URI.create("http://127.0.0.1:" + place.hostPorts().get(0));
    return nodes.place(
        new Place(number, "app-" + number, uri, "0.0.0.0", APP_PORT, ContainerStore.socket(address, APP_PORT)),
        place.container());
  }

  @Override
  public Node launch(Place place, Launch launch) {
    String container =
        room.create(Room.inside(nodes.keeperOf(place), apps.describe(launch, List.of())));
    return nodes.app(place, container, room.start(container, launch.name()));
  }

  @Override
  public void run(Launch launch, Duration limit) {
    String container =
        room.create(room.at(room.reserveAddress(), apps.describe(launch, SHORT_LIVED)));
    room.start(container, launch.name())
        .awaitSuccess("the step " + launch.name() + " (" + launch.program() + ")", limit);
  }

  @Override
  public Front balancer(List<Place> places, int port) {
    NginxVersion known = nginx;
    return nodes.balancer(ContainerNginx.start(room, images.nginx(),
        known == null ? ContainerNginx.version(room, images.nginx()) : known, places, port, balancerTemplate));
  }

  @Override
  public Path directory() {
    return room.run().directory();
  }

  @Override
  public void keepDirectory() {
    room.run().keepDirectory();
  }

  @Override
  public List<NodeLog> logs() {
    return room.run().logs();
  }

  /** Also when the JVM is told to end, by the hook; what is left of one that was killed, {@link Leftovers} removes. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    try {
      nodes.end();
    } finally {
      room.close(); // removes those too that did not end
    }
    room.run().close();
    closed = true;
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the JVM is shutting down, and this is the hook
    }
  }
}
