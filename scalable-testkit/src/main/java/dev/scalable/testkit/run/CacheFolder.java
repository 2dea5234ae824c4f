package dev.scalable.testkit.run;

import java.nio.file.Path;

/**
 * The user's folder for what is unpacked once and used by all runs, where the XDG Base Directory Specification says.
 */
public final class CacheFolder {
  private CacheFolder() {}

  /** The folder; it need not exist. A relative XDG_CACHE_HOME is ignored, as the specification asks. */
  public static Path path() {
    Path named = Path.of(System.getenv().getOrDefault("XDG_CACHE_HOME", ""));
    Path base = named.isAbsolute() ? named : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("scalable-testkit");
  }
}
