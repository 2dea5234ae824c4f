package dev.scalable.cache;

import dev.scalable.config.Settings;
import java.time.Duration;
import org.apiguardian.api.API;

/**
 * What all caches of a service share.
 *
 * @param namespace prefix of every key in Redis; services that share a Redis need different ones
 * @param nearValidity longest time for which a value in the heap may be served after it has been invalidated elsewhere;
 *     zero means that nothing is kept in the heap. The proof that this needs is renewed four times a second, so with
 *     less than a second the heap would often be silent
 * @param loadTimeout time that a load may take before it is interrupted and given up
 * @param maxLoads most loads at once on this instance, of all caches together; fewer than there are database
 *     connections, so that they leave some to others
 * @param audit of how many hits of a cache one is compared with its source, by chance; zero for none
 */
@API(status = API.Status.INTERNAL)
public record CacheSettings(String namespace, Duration nearValidity, Duration loadTimeout, int maxLoads, int audit) {

  /**
   * Reads the settings {@code SCALABLE_CACHE_*}.
   *
   * @param settings where to read; keeps every mistake
   */
  public static CacheSettings from(Settings settings) {
    return new CacheSettings(
        settings.text("SCALABLE_CACHE_NAMESPACE", "app"),
        settings.duration("SCALABLE_CACHE_NEAR_VALIDITY", Duration.ofSeconds(2), Duration.ZERO, Duration.ofMinutes(1)),
        settings.duration("SCALABLE_CACHE_LOAD_TIMEOUT", Duration.ofSeconds(5), Duration.ofMillis(10),
            Duration.ofMinutes(5)),
        settings.number("SCALABLE_CACHE_MAX_LOADS", 8, 1, 10_000),
        settings.number("SCALABLE_CACHE_AUDIT", 0, 0, 1_000_000_000));
  }
}
