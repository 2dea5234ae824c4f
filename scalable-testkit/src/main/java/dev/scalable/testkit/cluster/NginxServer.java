package dev.scalable.testkit.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A running Nginx with the shipped configuration, and an upstream slot for every instance that there may ever be.
 *
 * @param port where clients come in
 * @param statusPort where it tells of itself
 */
record NginxServer(int port, int statusPort, Path accessLog, NodeLog log) {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /**
   * Starts {@code nginx} and waits until it answers.
   *
   * @param slots the ports of the instances
   * @param fixedPort to listen on, or 0 for any
   */
  static NginxServer start(NodeLauncher launcher, Ports ports, NginxBinary nginx, List<Integer> slots, int fixedPort) {
    List<InetSocketAddress> upstream =
        slots.stream().map(slot -> new InetSocketAddress(InetAddress.getLoopbackAddress(), slot)).toList();
    Path folder = launcher.run().path().resolve("nginx");
    return PortRetry.start(() -> {
      int port = fixedPort == 0 ? ports.reserve() : fixedPort;
      int statusPort = ports.reserve();
      NginxConf conf = NginxConf.render(folder, nginx, upstream, port, statusPort);
      Node node = launcher.launch(NodeLauncher.Role.NGINX, "nginx", conf.command(), Map.of());
      URI health = Loopback.http(statusPort).resolve("/lb-health");
      return new PortRetry.Attempt<>(
          node,
          () -> node.awaitUntil("answering " + health,
              () -> Probe.get(health, "Server").filter(Probe.Answer::succeeded).isPresent(), LIMIT),
          new NginxServer(port, statusPort, conf.accessLog(), new NodeLog(conf.errorLog())));
    });
  }
}
