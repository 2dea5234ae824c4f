package dev.scalable.testkit.run;

import dev.scalable.testkit.backend.ClusterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The user's folder for runs and locks, in the folder for temporary files; one per user, as locks are not shared.
 *
 * <p>Its name can be guessed and the folder above it takes files from everybody, so another user may have made it
 * first, with runs in it whose scripts the next sweep would execute. It is used only if it is this user's and nobody
 * else's to write.
 */
public final class WorkFolder {
  private static final Set<PosixFilePermission> TRAVERSABLE = PosixFilePermissions.fromString("rwxr-xr-x");

  private WorkFolder() {}

  /**
   * The folder, made if it is not there.
   *
   * @throws ClusterException if another user could have put something into it
   */
  public static Path path() {
    return in(Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** The folder in {@code temporary}. */
  static Path in(Path temporary) {
    Path path = temporary.resolve("scalable-testkit-" + System.getProperty("user.name"));
    try {
      try {
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(TRAVERSABLE));
      } catch (FileAlreadyExistsException e) {
        requireTrusted(path);
      }
      makeTraversable(path);
      return path;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot use " + path + " for runs of clusters: name another folder for temporary files by -Djava.io.tmpdir",
          e);
    }
  }

  /** Lets other users pass: PostgreSQL runs as one of them when the test JVM is root's. */
  public static void makeTraversable(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, TRAVERSABLE);
  }

  private static void requireTrusted(Path path) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
        || !CurrentUser.owns(path)
        || permissions.contains(PosixFilePermission.GROUP_WRITE)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new ClusterException(path + " must be a folder that belongs to " + System.getProperty("user.name")
          + " and that nobody else may write into, since scripts in it are run, but it belongs to "
          + Files.getOwner(path, LinkOption.NOFOLLOW_LINKS) + " with " + PosixFilePermissions.toString(permissions)
          + ": delete it, or name another folder for temporary files by -Djava.io.tmpdir");
    }
  }
}
