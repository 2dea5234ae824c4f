package dev.scalable.testkit.cluster;

import java.net.URI;

/** Addresses of this machine that only it can reach: all nodes listen there. */
final class Loopback {
  private Loopback() {}

  /** The HTTP address of what listens on {@code port}. */
  static URI http(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }
}
