package dev.scalable.testkit.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The user's folder for runs and locks, in the folder for temporary files; one per user, as locks are not shared. */
final class WorkFolder {
  private WorkFolder() {}

  /** The folder, made if it is not there. */
  static Path path() {
    Path path = Path.of(System.getProperty("java.io.tmpdir"), "scalable-testkit-" + System.getProperty("user.name"));
    try {
      Files.createDirectories(path);
      makeTraversable(path);
      return path;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot use " + path + " for runs of clusters; it must belong to you: delete it, or set -Djava.io.tmpdir", e);
    }
  }

  /** Lets other users pass: PostgreSQL runs as one of them when the test JVM is root's. */
  static void makeTraversable(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
