package dev.scalable.testkit.load;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;

/**
 * Where a client connects to, and for how long it waits.
 *
 * @param address host and port, not resolved yet
 * @param host the value of the Host header
 * @param connectTimeout the longest wait for a connection
 * @param readTimeout the longest wait for a complete answer, from the moment the request is sent
 */
record Target(InetSocketAddress address, String host, Duration connectTimeout, Duration readTimeout) {
  static Target of(URI uri) {
    String host = uri.getHost();
    boolean bare = uri.getRawPath() == null || uri.getRawPath().isEmpty() || uri.getRawPath().equals("/");
    if (!"http".equals(uri.getScheme()) || host == null || !bare || uri.getRawQuery() != null) {
      throw new IllegalArgumentException("the client speaks plain HTTP to http://host:port, this is '" + uri + "'");
    }
    int port = uri.getPort() == -1 ? 80 : uri.getPort();
    String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new Target(
        InetSocketAddress.createUnresolved(name, port),
        uri.getPort() == -1 ? host : host + ":" + port,
        Duration.ofSeconds(5),
        Duration.ofSeconds(15));
  }

  /** Another address with the same timeouts. */
  Target at(URI uri) {
    return of(uri).connectTimeout(connectTimeout).readTimeout(readTimeout);
  }

  Target readTimeout(Duration timeout) {
    return new Target(address, host, connectTimeout, requirePositive(timeout));
  }

  Target connectTimeout(Duration timeout) {
    return new Target(address, host, requirePositive(timeout), readTimeout);
  }

  private static Duration requirePositive(Duration timeout) {
    if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("a timeout is between 1 ms and 1 day, this is " + timeout);
    }
    return timeout;
  }
}
