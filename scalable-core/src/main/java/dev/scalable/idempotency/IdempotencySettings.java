package dev.scalable.idempotency;

import dev.scalable.config.Settings;
import java.time.Duration;

/**
 * How keys are kept.
 *
 * @param keep how long an answer is kept, and so how long a request may be repeated
 * @param maxWaiting most requests of this instance that wait for others with their keys
 */
record IdempotencySettings(Duration keep, int maxWaiting) {

  /** Longer than any proxy repeats a request by itself. */
  private static final Duration SHORTEST = Duration.ofMinutes(1);

  static IdempotencySettings from(Settings settings) {
    return new IdempotencySettings(
        settings.duration("SCALABLE_IDEMPOTENCY_KEEP", Duration.ofHours(24), SHORTEST, Duration.ofDays(90)),
        settings.number("SCALABLE_IDEMPOTENCY_MAX_WAITING", 128, 1, 100_000));
  }
}
