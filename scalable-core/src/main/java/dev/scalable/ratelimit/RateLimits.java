package dev.scalable.ratelimit;

import dev.scalable.config.Settings;
import dev.scalable.redis.Redis;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;

/**
 * Makes rate limits. Injected by Dagger; one for each service.
 *
 * <pre>{@code
 * RateLimit searches = limits.limit("search", 100, Duration.ofMinutes(1)).by(RateLimit.Key.principal());
 * Route search = Route.get("/search", this::search).with(Bearer.tokens(verifier), searches);
 * }</pre>
 */
@Singleton
public final class RateLimits {

  private final Redis redis;
  private final RateLimitSettings settings;
  private final Outage outage = new Outage();

  @Inject
  RateLimits(Redis redis, Settings settings) {
    this.redis = redis;
    this.settings = RateLimitSettings.from(settings);
  }

  /**
   * So many requests in such a time, for everyone together until it is told {@link RateLimit#by by whom}.
   *
   * @param name its name in Redis, in headers and in what clients are told; letters, digits, {@code .}, {@code _} and
   *     {@code -}. Limits of one name count together
   * @param count most requests, at least 1; also as many as may come all at once, after a while of none
   * @param per the time in which so many become free again, evenly; 1 ms to 366 days
   * @throws IllegalArgumentException if one of these is otherwise
   */
  public RateLimit limit(String name, int count, Duration per) {
    if (!name.matches("[A-Za-z0-9._-]+")) {
      throw new IllegalArgumentException("A rate limit's name has letters, digits, '.', '_' and '-', but this one has "
          + "others: \"" + name + "\"");
    }
    return RateLimit.of(new Gcra(redis, settings.namespace() + ":rate:" + name, outage), name, count, per);
  }
}
