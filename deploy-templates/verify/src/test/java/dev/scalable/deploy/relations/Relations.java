package dev.scalable.deploy.relations;

import dev.scalable.db.DbSettings;
import dev.scalable.server.HttpServer;
import dev.scalable.server.ServerSettings;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;

/** Which numbers must fit together, and why. */
final class Relations {

  /** For how long a draining server waits for connections that are idle. */
  private static final Duration IDLE_CONNECTIONS = constant(HttpServer.class, "IDLE_CONNECTIONS_DRAIN");
  /** What the end may take after the drain: 3 s of the server, and 5 s of one part that hangs (Part.stopTimeout). */
  private static final Duration PARTS = Duration.ofSeconds(8);

  /** What the library answers. */
  private static final Set<String> PROBES = Set.of("/health/live", "/health/ready");

  private final Deployment deployment;
  private final List<String> broken = new ArrayList<>();

  private Relations(Deployment deployment) {
    this.deployment = deployment;
  }

  /** The relations that do not hold in {@code deployment}, each as a sentence that says with which values; empty if all do. */
  static List<String> brokenIn(Deployment deployment) {
    Relations relations = new Relations(deployment);
    relations.end();
    relations.database();
    relations.addresses();
    deployment.front().ifPresent(relations::front);
    return relations.broken;
  }

  /** Each {@code {}} in the sentence stands for the next value. */
  private void hold(boolean holds, String sentence, Object... values) {
    if (!holds) {
      String said = sentence;
      for (Object value : values) {
        said = said.replaceFirst("\\{}", Matcher.quoteReplacement(value.toString()));
      }
      broken.add(deployment.name() + ": " + said);
    }
  }

  /** An instance has the time to finish what it has begun. */
  private void end() {
    ServerSettings server = deployment.server();
    Duration needed = deployment.before().plus(server.drainDelay()).plus(server.drainTimeout()).plus(PARTS);
    hold(needed.compareTo(deployment.grace()) < 0,
        "an instance is killed after {}, but may need {} to end: {} before SIGTERM, drain delay {}, drain timeout {}, and {} for its"
            + " parts",
        deployment.grace(), needed, deployment.before(), server.drainDelay(), server.drainTimeout(), PARTS);
    hold(server.requestTimeout().compareTo(server.drainTimeout()) < 0,
        "a request may take {}, but the drain cuts it after {}", server.requestTimeout(), server.drainTimeout());
    hold(server.maxConnections() < deployment.descriptors(),
        "an instance may have {} files open, but take {} connections", deployment.descriptors(), server.maxConnections());
  }

  /** All instances together get their connections. */
  private void database() {
    DbSettings db = deployment.db();
    int wanted = db.poolSize() * deployment.most() + db.reserve();
    hold(wanted <= deployment.maxConnections(),
        "{} instances with {} connections each and {} for others make {}, but PostgreSQL gives {}", deployment.most(), db.poolSize(),
        db.reserve(), wanted, deployment.maxConnections());
    hold(db.instances() == 0 || db.instances() == deployment.most(), "SCALABLE_INSTANCES is {}, but {} instances may run",
        db.instances(), deployment.most());
  }

  /** Everybody asks where somebody answers. */
  private void addresses() {
    hold(!deployment.probes().isEmpty() && PROBES.containsAll(deployment.probes()), "asks for {}, but the library answers {}",
        deployment.probes(), PROBES);
    hold(new HashSet<>(deployment.instances()).size() == deployment.instances().size(), "two instances have one address: {}",
        deployment.instances());
  }

  private void front(Front front) {
    ServerSettings server = deployment.server();
    Duration read = front.time("proxy.conf", "proxy_read_timeout");
    hold(server.requestTimeout().compareTo(read) < 0,
        "Nginx gives up on a request after {}, before the instance does after {}: it would try another one while the first still works",
        read, server.requestTimeout());
    Duration next = front.time("proxy.conf", "proxy_next_upstream_timeout");
    hold(next.compareTo(read.plus(front.time("proxy.conf", "proxy_connect_timeout"))) > 0,
        "Nginx makes no other attempt after {}, so none after an instance that hangs for {}", next, read);

    Duration kept = front.time("upstream.conf", "keepalive_timeout");
    hold(kept.compareTo(server.idleTimeout()) < 0,
        "Nginx keeps idle connections for {}, but an instance closes them after {}: a request may meet a closing one", kept,
        server.idleTimeout());
    hold(kept.compareTo(IDLE_CONNECTIONS) < 0, "Nginx keeps idle connections for {}, but a draining instance waits {} for them", kept,
        IDLE_CONNECTIONS);
    hold(bytes(front.one("client.conf", "client_max_body_size")) <= server.maxBody(),
        "Nginx lets bodies of {} pass, but an instance takes {} bytes", front.one("client.conf", "client_max_body_size"),
        server.maxBody());

    hold(!front.all("upstream.conf", "zone").isEmpty(),
        "the group has no zone: each worker of Nginx counts for itself, so instances do not get equal shares");
    hold(front.servers().stream().allMatch(line -> line.contains(" max_fails=1 ") && line.contains(" fail_timeout=1s")),
        "a server that failed must be left out at once and for a second (max_fails=1 fail_timeout=1s), these are {}", front.servers());
    List<String> slots = front.slots();
    // One name for all that there are: as many addresses as instances.
    boolean named = front.servers().stream().allMatch(line -> line.contains(" resolve"));
    int places = named ? deployment.most() : slots.size();
    hold(front.one("upstream.conf", "proxy_next_upstream_tries").equals(Integer.toString(places + 1)),
        "Nginx makes {} attempts, but there are {} places for instances, so it must make {}: those who are gone use up attempts",
        front.one("upstream.conf", "proxy_next_upstream_tries"), places, places + 1);
    hold(slots.containsAll(deployment.instances()), "instances listen on {}, but Nginx sends requests to {}", deployment.instances(), slots);
    hold(places >= deployment.most(), "{} instances may run, but Nginx has {} slots", deployment.most(), places);
  }

  /** What a class of the library keeps to itself. */
  private static Duration constant(Class<?> type, String name) {
    try {
      Field field = type.getDeclaredField(name);
      field.setAccessible(true);
      return (Duration) Objects.requireNonNull(field.get(null));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type + " has no " + name, e);
    }
  }

  private static long bytes(String size) {
    long count = Long.parseLong(size.replaceAll("\\D", ""));
    return size.endsWith("m") ? count << 20 : size.endsWith("k") ? count << 10 : count;
  }
}
