package dev.scalable.testkit.backend;

import java.net.URI;
import java.nio.file.Path;
import java.util.Set;

/** A running balancer with the shipped configuration, which knows all places from the beginning. */
public interface Front {
  /** Where clients come in. */
  URI uri();

  /** Where it answers {@code /stub_status}, {@code /lb-health} and {@code /calibration}. */
  URI statusUri();

  /** Its kind and version: {@code nginx 1.22.1}. */
  String version();

  /** Its process. */
  Node node();

  /** One JSON object per request, at most 0.2 s late. */
  Path accessLog();

  /** What it complained of. */
  NodeLog log();

  /** The folder of nginx.conf, as it was rendered. */
  Path configuration();

  /**
   * Has it read its configuration again, and returns when the workers that read the old one take no more connections.
   *
   * @param down the numbers of the places that it is to send nothing to
   */
  void reload(Set<Integer> down);
}
