package dev.scalable.redis;

import dev.scalable.check.SharedState;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.providers.ConnectionProvider;

/** Pooled connections to one server after another. Safe for use by many threads. */
@SharedState("the connections of this instance")
final class Following implements ConnectionProvider {

  private final Connector connector;
  private volatile @Nullable Target target;

  private record Target(HostAndPort server, ConnectionPool pool) {}

  Following(Connector connector) {
    this.connector = connector;
  }

  /** Leaves the server so far, of which no connection is used again, and goes to another, which may be the same. */
  synchronized void follow(HostAndPort server) {
    Target before = target;
    target = new Target(server, connector.pool(server));
    if (before != null) {
      before.pool().close();
    }
  }

  @Nullable HostAndPort server() {
    Target now = target;
    return now == null ? null : now.server();
  }

  @Override
  public Connection getConnection() {
    while (true) {
      Target now = target;
      if (now == null) {
        throw new JedisConnectionException("no master is known yet");
      }
      try {
        return now.pool().getResource();
      } catch (JedisException e) {
        // The pool may just have been given up for another.
        if (now.equals(target) || !now.pool().isClosed()) {
          throw e;
        }
      }
    }
  }

  @Override
  public Connection getConnection(CommandArguments command) {
    return getConnection();
  }

  @Override
  public synchronized void close() {
    Target now = target;
    if (now != null) {
      now.pool().close();
    }
  }
}
