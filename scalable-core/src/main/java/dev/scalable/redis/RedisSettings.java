package dev.scalable.redis;

import dev.scalable.config.Settings;
import java.net.URI;
import java.time.Duration;

/**
 * How Redis is reached.
 *
 * @param uri address, with user and password where there are any
 * @param poolSize most connections of this instance, besides the one that reads the invalidation log
 * @param timeout time in which a connection is made, a free one is had, and a command is answered
 */
public record RedisSettings(URI uri, int poolSize, Duration timeout) {

  /**
   * Reads the settings {@code SCALABLE_REDIS_*}; the URL is required.
   *
   * @param settings where to read; keeps every mistake
   */
  public static RedisSettings from(Settings settings) {
    return new RedisSettings(
        settings.requiredUri("SCALABLE_REDIS_URL", "redis://localhost:6379", "redis", "rediss"),
        settings.number("SCALABLE_REDIS_POOL_SIZE", 32, 1, 1_000),
        settings.duration("SCALABLE_REDIS_TIMEOUT", Duration.ofMillis(250), Duration.ofMillis(1), Duration.ofMinutes(1)));
  }

  /** Without the URI, in which a password may stand. */
  @Override
  public String toString() {
    return "RedisSettings[poolSize=" + poolSize + ", timeout=" + timeout + "]";
  }
}
