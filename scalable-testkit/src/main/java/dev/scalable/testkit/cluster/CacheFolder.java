package dev.scalable.testkit.cluster;

import java.nio.file.Path;

/**
 * The user's folder for what is unpacked once and used by all runs. The property {@code scalable.testkit.cache} or the
 * variable {@code SCALABLE_TESTKIT_CACHE} names another one; else it is where the XDG Base Directory Specification says.
 */
final class CacheFolder {
  private CacheFolder() {}

  /** The folder; it need not exist. */
  static Path path() {
    String named = System.getProperty("scalable.testkit.cache", System.getenv().getOrDefault("SCALABLE_TESTKIT_CACHE", ""));
    if (!named.isEmpty()) {
      return Path.of(named).toAbsolutePath();
    }
    String caches = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    Path home = caches.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(caches);
    return home.resolve("scalable-testkit").toAbsolutePath();
  }
}
