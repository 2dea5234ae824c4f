package dev.scalable.testkit.local;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.run.CacheFolder;
import dev.scalable.testkit.run.Folders;
import dev.scalable.testkit.run.Platform;
import dev.scalable.testkit.run.SearchPath;
import dev.scalable.testkit.run.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds a server that speaks the Redis protocol: this machine's Valkey or Redis, else the one that embedded-redis
 * carries.
 */
final class RedisBinary {
  /** The files in embedded-redis 1.4, which has no rule for their names. */
  private static final Map<String, String> CARRIED = Map.of(
      "linux-x86_64", "redis-server-6.2.6-v5-linux-amd64", "linux-arm_64", "redis-server-6.2.7-linux-arm64",
      "darwin-x86_64", "redis-server-6.2.6-v5-darwin-amd64", "darwin-arm_64", "redis-server-6.2.6-v5-darwin-arm64");

  private RedisBinary() {}

  /** The program; it has been run once to see that it can. */
  static Path find() {
    return Stream.of("valkey-server", "redis-server")
        .flatMap(name -> SearchPath.find(name).stream())
        .filter(RedisBinary::works)
        .findFirst()
        .or(RedisBinary::carried)
        .orElseThrow(() -> new ClusterException("no Redis for this machine: neither valkey-server nor redis-server on"
            + " the PATH runs, and the binary of com.github.codemonstur:embedded-redis for " + Platform.system()
            + " is absent or does not run (on Linux it needs libssl.so.3):"
            + " install the package redis-server or valkey"));
  }

  private static boolean works(Path program) {
    return Shell.succeeds(List.of(program.toString(), "--version"));
  }

  private static Optional<Path> carried() {
    String name = CARRIED.getOrDefault(Platform.system() + (Platform.isArm() ? "-arm_64" : "-x86_64"), "");
    URL resource = name.isEmpty() ? null : RedisBinary.class.getClassLoader().getResource(name);
    if (resource == null) {
      return Optional.empty();
    }
    Path folder = Folders.filledOnce(CacheFolder.path(), name, filling -> copy(resource, filling));
    return Optional.of(folder.resolve("redis-server")).filter(RedisBinary::works);
  }

  private static void copy(URL resource, Path folder) {
    Path program = folder.resolve("redis-server");
    try (InputStream in = resource.openStream()) {
      Files.copy(in, program);
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack " + resource + " to " + program, e);
    }
  }
}
