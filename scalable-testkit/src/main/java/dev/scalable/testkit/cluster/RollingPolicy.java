package dev.scalable.testkit.cluster;

import java.time.Duration;

/**
 * How careful a rolling restart is.
 *
 * @param grace how long an instance may take to finish its requests before it is killed, which fails the restart
 * @param timesServed how often a restarted instance must have answered through the balancer before the next one is
 *     stopped
 * @param soak how long it must run after that
 */
public record RollingPolicy(Duration grace, int timesServed, Duration soak) {
  /** As in production: a grace of 40 s, three answers, a soak of 2 s. */
  public static RollingPolicy standard() {
    return new RollingPolicy(Duration.ofSeconds(40), Instance.TIMES_SERVED, Duration.ofSeconds(2));
  }

  /** This policy with another soak. */
  public RollingPolicy soak(Duration other) {
    return new RollingPolicy(grace, timesServed, other);
  }
}
