package dev.scalable.cache;

import dev.scalable.config.Settings;
import java.time.Duration;

/**
 * How announced invalidations are kept.
 *
 * @param keep how long after Redis has taken one it can still be sent again, should Redis turn out to have lost it
 */
record OutboxSettings(Duration keep) {

  static OutboxSettings from(Settings settings) {
    return new OutboxSettings(settings.duration("SCALABLE_CACHE_OUTBOX_KEEP", Duration.ofMinutes(10),
        Duration.ofMinutes(1), Duration.ofDays(1)));
  }
}
