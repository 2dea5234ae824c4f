package dev.scalable.testkit.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Whole folders: made entirely or not at all, deleted. */
final class Folders {
  private static final String FILLING = ".filling-";

  /** Far longer than filling a folder takes. */
  private static final Duration ABANDONED = Duration.ofDays(1);

  private Folders() {}

  /**
   * Returns the folder {@code name} in {@code parent}, filled by {@code fill} if it does not exist yet. It is filled
   * under another name and then renamed, so a process that dies halfway leaves no half folder under the name, and two
   * that fill it at the same time both end with a whole one.
   */
  static Path filledOnce(Path parent, String name, Consumer<Path> fill) {
    Path target = parent.resolve(name);
    if (Files.isDirectory(target)) {
      return target;
    }
    try {
      Files.createDirectories(parent);
      deleteAbandoned(parent, name + FILLING);
      Path filling = Files.createTempDirectory(parent, name + FILLING);
      try {
        fill.accept(filling);
        Files.move(filling, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException | RuntimeException e) {
        delete(filling);
        if (!Files.isDirectory(target)) { // else another process was faster, and its folder is as good
          throw e;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + target
          + " (if this user has no home to write to, name another folder by the environment's XDG_CACHE_HOME)", e);
    }
    return target;
  }

  /** Deletes what processes that died while they filled it have left. */
  private static void deleteAbandoned(Path parent, String name) throws IOException {
    FileTime longAgo = FileTime.from(Instant.now().minus(ABANDONED));
    try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, name + "*")) {
      for (Path filling : found) {
        if (Files.getLastModifiedTime(filling).compareTo(longAgo) < 0) {
          delete(filling);
        }
      }
    }
  }

  /** Deletes {@code folder} and all that is in it; does nothing if it does not exist. */
  static void delete(Path folder) {
    try {
      Files.walkFileTree(folder, new SimpleFileVisitor<>() {
        @Override public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
          Files.deleteIfExists(file);
          return FileVisitResult.CONTINUE;
        }

        @Override public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
            throws IOException {
          if (e != null) {
            throw e;
          }
          Files.deleteIfExists(visited);
          return FileVisitResult.CONTINUE;
        }
      });
    } catch (NoSuchFileException e) {
      // deleted already, by us or by another
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    }
  }

  /** Whether {@code folder} exists and holds nothing. */
  static boolean isEmpty(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }
}
