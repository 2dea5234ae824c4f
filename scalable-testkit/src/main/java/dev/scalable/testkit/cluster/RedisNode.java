package dev.scalable.testkit.cluster;

import java.net.URI;

/**
 * The cluster's one Redis (or Valkey), without a password.
 *
 * @param port on 127.0.0.1
 * @param log what the server printed
 */
public record RedisNode(int port, NodeLog log) {
  /** The address, {@code redis://127.0.0.1:port}. */
  public URI uri() {
    return URI.create("redis://127.0.0.1:" + port);
  }
}
