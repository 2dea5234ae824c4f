package dev.scalable.testkit.nginx;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The files of the template's {@code site} folder for one cluster.
 *
 * @param slots where instances are or may come, each an upstream server, by number from 1
 * @param down the numbers of those that are to get no request
 * @param host the address to listen on
 * @param port of the balancer
 * @param statusPort of stub_status, /lb-health and /calibration
 * @param root whether nginx is started by root and would change its user
 * @param version decides which options can be included
 */
public record NginxSite(List<InetSocketAddress> slots, Set<Integer> down, String host, int port, int statusPort,
    boolean root, NginxVersion version) {

  private static final NginxVersion KEEPALIVE_MIN = new NginxVersion(1, 27, 4);

  /** Takes copies. */
  public NginxSite {
    slots = List.copyOf(slots);
    down = Set.copyOf(down);
  }

  /** This site with other places out of rotation. */
  public NginxSite down(Set<Integer> others) {
    return new NginxSite(slots, others, host, port, statusPort, root, version);
  }

  /** Content by path, relative to the folder of nginx.conf. */
  public Map<String, String> files() {
    return Map.of(
        "site/process.conf", process(),
        "site/http.conf", http(),
        "site/upstream.conf", upstream(),
        "site/listen.conf", "listen %s:%d backlog=1024;%n".formatted(host, port),
        "site/status.conf", "listen %s:%d;%n".formatted(host, statusPort));
  }

  private String process() {
    // More than one, as only then shared state matters; few, as every instance of the cluster wants a processor too.
    int workers = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4);
    // Another user could not enter a run folder that belongs to root.
    return (root ? "user root;\n" : "") + "worker_processes %d;%nerror_log logs/error.log warn;%n".formatted(workers);
  }

  private String http() {
    String options = version.isAtLeast(KEEPALIVE_MIN) ? "include options/keepalive-min-1.27.4.conf;\n" : "";
    return "access_log logs/access.json json buffer=32k flush=200ms;\n" + options;
  }

  private String upstream() {
    String servers = IntStream.rangeClosed(1, slots.size())
        .mapToObj(number -> "  server %s max_fails=1 fail_timeout=1s%s;%n"
            .formatted(address(slots.get(number - 1)), down.contains(number) ? " down" : ""))
        .collect(Collectors.joining());
    return "upstream app {\n  include parts/upstream.conf;\n" + servers
        + "}\nproxy_next_upstream_tries %d;%n".formatted(slots.size() + 1);
  }

  /** By number where it is known: a name such as localhost may be two addresses, and nginx would make each a server. */
  private static String address(InetSocketAddress slot) {
    InetAddress number = slot.getAddress();
    String host = number == null ? slot.getHostString() : number.getHostAddress();
    return (number instanceof Inet6Address ? "[" + host + "]" : host) + ":" + slot.getPort();
  }
}
