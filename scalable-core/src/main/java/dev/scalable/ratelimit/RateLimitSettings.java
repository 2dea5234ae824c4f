package dev.scalable.ratelimit;

import dev.scalable.config.Settings;

/**
 * What all rate limits of a service share. Read where a rate limit is used at all.
 *
 * @param namespace prefix of every key in Redis; services that share a Redis need different ones
 */
record RateLimitSettings(String namespace) {

  /**
   * Reads the settings {@code SCALABLE_RATELIMIT_*}.
   *
   * @param settings where to read; keeps every mistake
   */
  static RateLimitSettings from(Settings settings) {
    return new RateLimitSettings(settings.text("SCALABLE_RATELIMIT_NAMESPACE", "app"));
  }
}
