package dev.scalable.testkit.run;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The user's folder for what is unpacked once and used by all runs, where the XDG Base Directory Specification says.
 */
public final class CacheFolder {
  private CacheFolder() {}

  /** The folder; it need not exist. A relative XDG_CACHE_HOME is ignored, as the specification asks. */
  public static Path path() {
    return path(System.getenv(), System.getProperty("user.home"));
  }

  /**
   * The same by another environment.
   *
   * @param account the home that the account of the user has: where the environment names another, that one counts, as
   *     accounts of services often have none that exists
   */
  static Path path(Map<String, String> environment, String account) {
    Path cache = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
    Path home = Stream.of(environment.getOrDefault("HOME", ""), account)
        .map(Path::of).filter(Path::isAbsolute).findFirst().orElse(Path.of(account));
    return (cache.isAbsolute() ? cache : home.resolve(".cache")).resolve("scalable-testkit");
  }
}
