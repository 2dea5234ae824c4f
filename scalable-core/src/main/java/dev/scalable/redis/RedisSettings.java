package dev.scalable.redis;

import dev.scalable.config.Settings;
import java.net.URI;
import java.time.Duration;

/**
 * How Redis is reached.
 *
 * @param uri address, with user and password where there are any. By {@code redis} or, with TLS, {@code rediss} one
 *     server; by {@code redis-sentinel} and {@code rediss-sentinel} some Sentinels, separated by commas, and behind
 *     {@code #} what they call the master; by {@code redis-cluster} and {@code rediss-cluster} some nodes of a cluster
 * @param poolSize most connections of this instance to one server, besides the one that reads the invalidation log
 * @param timeout time in which a connection is made, a free one is had, and a command is answered
 * @param authority path of a file with the certificates, in PEM, of those who may certify a server; empty for those
 *     that Java trusts
 * @param sentinelPassword password of the Sentinels; empty when they have none
 */
public record RedisSettings(URI uri, int poolSize, Duration timeout, String authority, String sentinelPassword) {

  /**
   * Settings with whom Java trusts, and Sentinels without a password.
   *
   * @param uri address
   * @param poolSize most connections
   * @param timeout time for a connection and for a command
   */
  public RedisSettings(URI uri, int poolSize, Duration timeout) {
    this(uri, poolSize, timeout, "", "");
  }

  /**
   * Reads the settings {@code SCALABLE_REDIS_*}; the URL is required.
   *
   * @param settings where to read; keeps every mistake
   */
  public static RedisSettings from(Settings settings) {
    RedisSettings read = new RedisSettings(
        settings.requiredUri("SCALABLE_REDIS_URL", "redis://localhost:6379", Servers.schemes()),
        settings.number("SCALABLE_REDIS_POOL_SIZE", 32, 1, 1_000),
        settings.duration("SCALABLE_REDIS_TIMEOUT", Duration.ofMillis(250), Duration.ofMillis(1),
            Duration.ofMinutes(1)),
        settings.text("SCALABLE_REDIS_CA", ""),
        settings.secret("SCALABLE_REDIS_SENTINEL_PASSWORD", ""));
    try {
      read.judge(Servers.of(read.uri), settings);
    } catch (IllegalArgumentException e) {
      settings.mistake("SCALABLE_REDIS_URL (value not shown) cannot be used: " + e.getMessage());
    }
    return read;
  }

  private void judge(Servers servers, Settings settings) {
    if (!servers.tls() && !authority.isEmpty()) {
      settings.mistake("SCALABLE_REDIS_CA=" + authority
          + " has no effect without TLS: use rediss in SCALABLE_REDIS_URL, or remove it");
    } else if (!authority.isEmpty()) {
      try {
        Tls.options(authority);
      } catch (IllegalArgumentException e) {
        settings.mistake("SCALABLE_REDIS_CA=" + authority + " is not a file of certificates: " + e.getMessage());
      }
    }
    if (servers.kind() != Servers.Kind.SENTINEL && !sentinelPassword.isEmpty()) {
      settings.mistake(
          "SCALABLE_REDIS_SENTINEL_PASSWORD has no effect without Sentinels in SCALABLE_REDIS_URL: remove it");
    }
  }

  Servers servers() {
    return Servers.of(uri);
  }

  /** Without the URI and the other password, which are secret. */
  @Override
  public String toString() {
    return "RedisSettings[poolSize=" + poolSize + ", timeout=" + timeout + ", authority=" + authority + "]";
  }
}
