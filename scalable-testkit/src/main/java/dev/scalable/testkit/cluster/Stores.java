package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Store;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The stores of a cluster; one that cannot be reached is null.
 *
 * @param postgres the database
 * @param redis the Redis
 */
record Stores(Store.@Nullable Postgres postgres, @Nullable Store redis) {
  /** Where instances find the database: the address itself, or that of a link on which faults can be injected. */
  @Nullable InetSocketAddress postgresForApps() {
    return postgres == null ? null : postgres.addressForApps();
  }

  /** Where instances find Redis, likewise. */
  @Nullable InetSocketAddress redisForApps() {
    return redis == null ? null : redis.addressForApps();
  }
}
