package dev.scalable.testkit.local;

import dev.scalable.testkit.backend.Front;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.backend.PortRetry;
import dev.scalable.testkit.backend.Probe;
import dev.scalable.testkit.nginx.NginxSite;
import dev.scalable.testkit.run.CurrentUser;
import dev.scalable.testkit.run.ProcessNode;
import dev.scalable.testkit.run.Role;
import dev.scalable.testkit.run.Run;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A running Nginx with the shipped configuration, and an upstream slot for every instance that there may ever be. */
final class NginxServer implements Front {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration LAST_REQUESTS = Duration.ofSeconds(1);

  private final CheckedConf conf;
  private final NginxSite site;
  private final Map<String, String> template;
  private final ProcessNode node;

  private NginxServer(CheckedConf conf, NginxSite site, Map<String, String> template, ProcessNode node) {
    this.conf = conf;
    this.site = site;
    this.template = template;
    this.node = node;
  }

  /**
   * Starts {@code nginx} and waits until it answers.
   *
   * @param slots the addresses of the instances
   * @param fixedPort to listen on, or 0 for any
   * @param template replaces shipped files
   */
  static NginxServer start(Run run, NginxBinary nginx, List<InetSocketAddress> slots, int fixedPort,
      Map<String, String> template) {
    Path folder = run.directory().resolve("nginx");
    return PortRetry.start(() -> {
      int port = fixedPort == 0 ? run.reservePort() : fixedPort;
      NginxSite site = new NginxSite(
          slots, Set.of(), "127.0.0.1", port, run.reservePort(), CurrentUser.isRoot(), nginx.version());
      CheckedConf conf = CheckedConf.write(folder, nginx, site, template);
      ProcessNode node = run.launch(Role.NGINX, "nginx", conf.command(), Map.of());
      NginxServer server = new NginxServer(conf, site, template, node);
      URI health = server.statusUri().resolve("/lb-health");
      return new PortRetry.Attempt<>(
          node, () -> node.awaitUntil(() -> "answering " + health, () -> Probe.succeeds(health), LIMIT), server);
    });
  }

  @Override
  public URI uri() {
    return LocalEnvironment.http(site.port());
  }

  @Override
  public URI statusUri() {
    return LocalEnvironment.http(site.statusPort());
  }

  @Override
  public String version() {
    return "nginx " + site.version();
  }

  @Override
  public Node node() {
    return node;
  }

  @Override
  public Path accessLog() {
    return conf.conf().accessLog();
  }

  @Override
  public NodeLog log() {
    return new NodeLog(conf.conf().errorLog());
  }

  @Override
  public Path configuration() {
    return conf.conf().folder();
  }

  @Override
  public synchronized void reload(Set<Integer> down) {
    CheckedConf.write(conf.conf().folder(), conf.nginx(), site.down(down), template);
    NginxWorkers old = NginxWorkers.of(node.pid());
    node.signal("HUP");
    node.awaitUntil(() -> "using the new configuration in workers of its own",
        () -> old.haveSuccessors() && old.listenNoMore(), LIMIT);
    // A connection that an old worker took a moment ago may still bring its request; who has one to answer lives on.
    old.awaitEnd(LAST_REQUESTS);
  }
}
