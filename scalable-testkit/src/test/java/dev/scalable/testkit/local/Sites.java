package dev.scalable.testkit.local;

import dev.scalable.testkit.nginx.NginxSite;
import dev.scalable.testkit.nginx.NginxVersion;
import dev.scalable.testkit.run.CurrentUser;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/** Sites on the loopback address, as the tests of the template want them. */
final class Sites {
  private Sites() {}

  static NginxSite of(List<InetSocketAddress> slots, int port, int statusPort, NginxVersion version) {
    return of(slots, port, statusPort, CurrentUser.isRoot(), version);
  }

  static NginxSite of(List<InetSocketAddress> slots, int port, int statusPort, boolean root, NginxVersion version) {
    return new NginxSite(slots, Set.of(), "127.0.0.1", port, statusPort, root, version);
  }
}
