package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Environment;
import dev.scalable.testkit.backend.Store;
import dev.scalable.testkit.link.Link;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The stores of a cluster and the links to them; what cannot be reached, or was not asked for, is null.
 *
 * @param postgresLink what instances are connected through, if faults can be injected
 * @param redisLink likewise
 */
record Stores(Store.@Nullable Postgres postgres, @Nullable Store redis, @Nullable Link postgresLink,
    @Nullable Link redisLink) implements AutoCloseable {
  /** Stores that instances are connected to directly. */
  static Stores direct(Store.@Nullable Postgres postgres, @Nullable Store redis) {
    return new Stores(postgres, redis, null, null);
  }

  /** Puts links before the stores, where the instances of {@code environment} can reach them. */
  Stores linked(Environment environment) {
    InetSocketAddress listen = new InetSocketAddress(environment.reachableByApps(), 0);
    Link first = postgres == null ? null : Link.to(postgres.address(), listen);
    try {
      return new Stores(postgres, redis, first, redis == null ? null : Link.to(redis.address(), listen));
    } catch (RuntimeException | Error e) {
      if (first != null) {
        first.close();
      }
      throw e;
    }
  }

  /** Where instances find the database. */
  @Nullable InetSocketAddress postgresForApps() {
    return postgresLink != null ? postgresLink.address() : postgres == null ? null : postgres.addressForApps();
  }

  /** Where instances find Redis. */
  @Nullable InetSocketAddress redisForApps() {
    return redisLink != null ? redisLink.address() : redis == null ? null : redis.addressForApps();
  }

  /** Has the links carry everything again. */
  void restore() {
    if (postgresLink != null) {
      postgresLink.restore();
    }
    if (redisLink != null) {
      redisLink.restore();
    }
  }

  /** Ends the links. */
  @Override
  public void close() {
    if (postgresLink != null) {
      postgresLink.close();
    }
    if (redisLink != null) {
      redisLink.close();
    }
  }
}
