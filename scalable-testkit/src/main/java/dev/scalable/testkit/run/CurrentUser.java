package dev.scalable.testkit.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The user this JVM runs as, as the file system knows it: the Java platform itself only tells a name. */
public final class CurrentUser {
  private static final int ROOT = 0;
  private static final Map<String, Integer> KNOWN = new ConcurrentHashMap<>();

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
    return uid() + ":" + id("-g");
  }

  private static int uid() {
    return id("-u");
  }

  /** Asked once, by id(1): the owner of a new file would tell too, but a JVM that is killed would leave the file. */
  private static int id(String which) {
    // No static initializer: one that fails, as in a thread that is told to stop, fails for ever.
    return KNOWN.computeIfAbsent(which, option -> Integer.valueOf(Shell.run(List.of("id", option)).outputOfSuccess()));
  }

  private static int uid(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }
}
