package dev.scalable.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;

/**
 * What a URL says of the servers.
 *
 * @param kind how they belong together
 * @param tls whether they are talked to in TLS
 * @param addresses of the server, of the Sentinels, or of some nodes of the cluster
 * @param user the user, null for the one called {@code default}
 * @param password its password, null when there is none
 * @param database the database
 * @param master what the Sentinels call the master; empty where there are none
 */
record Servers(Kind kind, boolean tls, List<HostAndPort> addresses, @Nullable String user, @Nullable String password,
    int database, String master) {

  /** The port of a Sentinel where none is given. */
  private static final int SENTINEL_PORT = 26_379;

  /** How the servers of a URL belong together. */
  enum Kind {
    /** One address. */
    SINGLE,
    /** Sentinels, which know the master. */
    SENTINEL,
    /** Nodes of a cluster. */
    CLUSTER
  }

  /** The schemes that {@link #of} takes. */
  static String[] schemes() {
    return new String[] {"redis", "rediss", "redis-sentinel", "rediss-sentinel", "redis-cluster", "rediss-cluster"};
  }

  /**
   * Reads a URL of one of the {@link #schemes}.
   *
   * @throws IllegalArgumentException that says what is wrong with it, without a secret
   */
  static Servers of(URI uri) {
    Kind kind = uri.getScheme().endsWith("-sentinel") ? Kind.SENTINEL
        : uri.getScheme().endsWith("-cluster") ? Kind.CLUSTER : Kind.SINGLE;
    String authority = uri.getRawAuthority();
    int at = authority.lastIndexOf('@');
    String login = at < 0 ? "" : authority.substring(0, at);
    int colon = login.indexOf(':');
    if (at >= 0 && colon < 0) {
      throw new IllegalArgumentException(
          "a user needs a password: write user:password@, or :password@ for the user called default");
    }
    List<HostAndPort> addresses = new ArrayList<>();
    for (String address : authority.substring(at + 1).split(",", -1)) {
      addresses.add(address(address, kind == Kind.SENTINEL ? SENTINEL_PORT : Protocol.DEFAULT_PORT));
    }
    if (kind == Kind.SINGLE && addresses.size() > 1) {
      throw new IllegalArgumentException(
          "several servers are those of a cluster, redis-cluster://, or Sentinels, redis-sentinel://");
    }
    String master = uri.getFragment() == null ? "" : uri.getFragment();
    if ((kind == Kind.SENTINEL) == master.isEmpty()) {
      throw new IllegalArgumentException(kind == Kind.SENTINEL
          ? "it must end with # and what the Sentinels call the master, for example #mymaster"
          : "only the URL of Sentinels, redis-sentinel://, ends with # and the name of a master");
    }
    int database = database(uri.getPath() == null ? "" : uri.getPath());
    if (kind == Kind.CLUSTER && database != 0) {
      throw new IllegalArgumentException("a cluster has no database but 0");
    }
    String user = colon > 0 ? decoded(login.substring(0, colon)) : null;
    String password = at < 0 ? null : decoded(login.substring(colon + 1));
    boolean tls = uri.getScheme().startsWith("rediss");
    return new Servers(kind, tls, List.copyOf(addresses), user, password, database, master);
  }

  private static HostAndPort address(String text, int defaultPort) {
    int colon = text.lastIndexOf(':');
    return colon < 0 || text.endsWith("]") ? new HostAndPort(text, defaultPort)
        : new HostAndPort(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  private static int database(String path) {
    if (path.length() < 2) {
      return Protocol.DEFAULT_DATABASE;
    }
    if (!path.matches("/\\d{1,4}")) {
      throw new IllegalArgumentException("after the servers there may stand a slash and the number of a database");
    }
    return Integer.parseInt(path.substring(1));
  }

  /** As in URLs, where a plus is a plus. */
  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return kind + " " + addresses + (tls ? " by TLS" : "") + (user == null ? "" : " as " + user)
        + (master.isEmpty() ? "" : " " + master);
  }
}
