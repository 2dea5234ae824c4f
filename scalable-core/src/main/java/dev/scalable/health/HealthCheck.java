package dev.scalable.health;

import java.time.Duration;

/**
 * Asks after something that this service depends on, for people and alarms to see. Contribute one with Dagger's {@code
 * @IntoSet}. What it finds changes neither liveness nor the readiness of an instance that is ready: a database that is away
 * would otherwise have every instance restarted, or taken out of the balancer, at once. One that is {@link #critical}
 * keeps an instance from becoming ready for the first time.
 */
public interface HealthCheck {

  /** What is asked after, such as {@code postgresql}. */
  String name();

  /**
   * Whether an instance lets no request in before this check has found all well once, for something without which it
   * could answer none. It waits for as long as that takes; nothing that the check finds later changes its readiness.
   * No, unless said.
   */
  default boolean critical() {
    return false;
  }

  /** The time after which it counts as down, and its thread is interrupted. */
  default Duration timeout() {
    return Duration.ofSeconds(1);
  }

  /**
   * Returns if all is well. Called on a thread of its own, and not again before it has ended; may block.
   *
   * @throws Exception if it is not; the message is shown to whoever asks, so it holds no secret
   */
  void check() throws Exception;
}
