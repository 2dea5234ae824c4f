package dev.scalable.testkit.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The user this JVM runs as, as the file system knows it: the Java platform itself only tells a name. */
public final class CurrentUser {
  private static final int ROOT = 0;

  private CurrentUser() {}

  /** Whether this JVM is root's. */
  public static boolean isRoot() {
    return uid() == ROOT;
  }

  /** Whether {@code path} itself, not what it may link to, belongs to this JVM's user. */
  public static boolean owns(Path path) throws IOException {
    return uid(path) == uid();
  }

  /** The numbers of this JVM's user and group, as {@code 1000:1000}. */
  public static String ids() {
    return ownFile("unix:uid") + ":" + ownFile("unix:gid");
  }

  private static int uid() {
    return ownFile("unix:uid");
  }

  /** A number that the file system gives to a new file of this JVM. */
  private static int ownFile(String attribute) {
    try {
      Path own = Files.createTempFile("scalable-testkit", "");
      try {
        return (Integer) Files.getAttribute(own, attribute, LinkOption.NOFOLLOW_LINKS);
      } finally {
        Files.delete(own);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tell which user this JVM runs as", e);
    }
  }

  private static int uid(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }
}
