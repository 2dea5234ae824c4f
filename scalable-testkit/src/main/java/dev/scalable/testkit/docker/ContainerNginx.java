package dev.scalable.testkit.docker;

import com.github.dockerjava.api.command.TopContainerResponse;
import com.github.dockerjava.api.model.Volume;
import dev.scalable.testkit.backend.Await;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Front;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.backend.Place;
import dev.scalable.testkit.backend.Probe;
import dev.scalable.testkit.nginx.NginxConf;
import dev.scalable.testkit.nginx.NginxSite;
import dev.scalable.testkit.nginx.NginxVersion;
import dev.scalable.testkit.run.CurrentUser;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Nginx with the shipped configuration, in a folder of this machine that the container shares: what it writes is there
 * at once.
 */
final class ContainerNginx implements Front {
  private static final int PORT = 8080;
  private static final int STATUS_PORT = 8081;
  private static final String FOLDER = "/scalable/nginx";
  private static final String GOING = "shutting down";
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration LAST_REQUESTS = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Room room;
  private final NginxConf conf;
  private final NginxSite site;
  private final Map<String, String> template;
  private final Room.Started container;

  private ContainerNginx(
      Room room, NginxConf conf, NginxSite site, Map<String, String> template, Room.Started container) {
    this.room = room;
    this.conf = conf;
    this.site = site;
    this.template = template;
    this.container = container;
  }

  /** Asks the nginx of {@code image} for its version, which decides on what its configuration can say. */
  static NginxVersion version(Room room, String image) {
    String container = room.create(room.container(image, "nginx-version").withEntrypoint("nginx", "-v"));
    try {
      ContainerNode node = room.start(container, "nginx-version");
      node.awaitSuccess("asking the image " + image + " for the version of its nginx", LIMIT);
      String report = String.join("\n", node.log().lines());
      return NginxVersion.in(report)
          .orElseThrow(() -> new ClusterException("the image " + image + " has no nginx; it says: " + report));
    } finally {
      room.remove(List.of(container));
    }
  }

  /**
   * Starts it, and waits until it answers.
   *
   * @param port of 127.0.0.1, 0 for any
   * @param template replaces shipped files
   */
  static ContainerNginx start(Room room, String image, NginxVersion version, List<Place> places, int port,
      Map<String, String> template) {
    NginxSite site = new NginxSite(places.stream().map(Place::upstream).toList(), Set.of(), "0.0.0.0", PORT,
        STATUS_PORT, CurrentUser.isRoot(), version);
    Path folder = room.run().directory().resolve("nginx");
    NginxConf conf = NginxConf.write(folder, site, template);
    Room.Started started = room.startPublished(
        room.at(room.reserveAddress(), room.container(image, "nginx", HostFolder.at(folder, new Volume(FOLDER))))
            // Whoever deletes the folder must own what is written there.
            .withUser(CurrentUser.ids())
            .withEntrypoint("nginx", "-p", FOLDER + "/", "-c", FOLDER + "/nginx.conf",
                "-e", FOLDER + "/logs/error.log", "-g", "daemon off;"),
        "nginx", port, PORT, STATUS_PORT);
    ContainerNginx nginx = new ContainerNginx(room, conf, site, template, started);
    URI health = nginx.statusUri().resolve("/lb-health");
    started.node().awaitUntil(() -> "answering " + health + "\n" + nginx.log().excerpt(), () -> Probe.succeeds(health), LIMIT);
    return nginx;
  }

  @Override
  public URI uri() {
    return http(0);
  }

  @Override
  public URI statusUri() {
    return http(1);
  }

  private URI http(int index) {
    return URI.create("http://127.0.0.1:" + container.published().hostPorts().get(index));
  }

  @Override
  public String version() {
    return "nginx " + site.version();
  }

  @Override
  public ContainerNode node() {
    return container.node();
  }

  @Override
  public Path accessLog() {
    return conf.accessLog();
  }

  @Override
  public NodeLog log() {
    return new NodeLog(conf.errorLog());
  }

  @Override
  public Path configuration() {
    return conf.folder();
  }

  @Override
  public synchronized void reload(Set<Integer> down) {
    NginxConf.write(conf.folder(), site.down(down), template);
    Set<String> old = workers().keySet();
    node().signal("HUP");
    // The old ones take new connections until they say in their titles that they go, 100 ms after the new ones came.
    Await.until(() -> hasTakenOver(workers(), old), LIMIT,
        () -> "nginx did not leave its work to workers with the new configuration within " + LIMIT.toSeconds() + " s\n"
            + log().excerpt());
    // A connection that an old one took a moment ago may still bring its request; who has one to answer lives on.
    long end = System.nanoTime() + LAST_REQUESTS.toNanos();
    while (!Collections.disjoint(workers().keySet(), old) && System.nanoTime() - end < 0) {
      Await.pause(PAUSE);
    }
  }

  private static boolean hasTakenOver(Map<String, String> now, Set<String> old) {
    return !old.containsAll(now.keySet())
        && old.stream().allMatch(worker -> now.getOrDefault(worker, GOING).contains(GOING));
  }

  /** What its workers call themselves, by their process ids. */
  private Map<String, String> workers() {
    TopContainerResponse top = room.client().topContainerCmd(container.published().container()).exec();
    int pid = Arrays.asList(top.getTitles()).indexOf("PID");
    return Arrays.stream(top.getProcesses())
        .filter(process -> process[process.length - 1].contains("nginx: worker"))
        .collect(Collectors.toMap(process -> process[pid], process -> process[process.length - 1]));
  }
}
