package dev.scalable.http;

import java.util.Map;

/**
 * Who asks, as a filter has found out. Set by {@link Request#as(Principal)}, read by {@link Request#principal()}.
 *
 * @param name what identifies them, never empty; the subject of a token
 * @param claims what else is known of them, by name; empty when nothing is
 */
public record Principal(String name, Map<String, Object> claims) {

  /** Checks the name and copies the claims. */
  public Principal {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("A principal has a name, but this one's is empty");
    }
    claims = Map.copyOf(claims);
  }

  /**
   * One of whom nothing but the name is known.
   *
   * @param name what identifies them
   */
  public static Principal named(String name) {
    return new Principal(name, Map.of());
  }
}
