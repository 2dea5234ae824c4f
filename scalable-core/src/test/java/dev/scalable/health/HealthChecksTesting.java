package dev.scalable.health;

import java.util.Set;

/** Makes what Dagger makes in a service. */
public final class HealthChecksTesting {

  private HealthChecksTesting() {}

  public static HealthChecks of(HealthCheck... checks) {
    return new HealthChecks(Set.of(checks));
  }
}
