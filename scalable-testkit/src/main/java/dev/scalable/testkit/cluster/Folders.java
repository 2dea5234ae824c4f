package dev.scalable.testkit.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Whole folders: made entirely or not at all, deleted. */
final class Folders {
  private static final FileAttribute<Set<PosixFilePermission>> OURS_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** A file lock is held by the whole JVM, so threads need another: by the folder that is to be made. */
  private static final Map<Path, Object> ONE_THREAD = new ConcurrentHashMap<>();

  private Folders() {}

  /**
   * Returns the folder {@code name} in {@code parent}, filled by {@code fill} if it does not exist yet. It is filled
   * under another name and then renamed, so whoever sees the name sees all of it, and a process that dies halfway
   * leaves nothing that the next does not clear away. Threads and processes that want it at once wait for the first,
   * on a lock file beside it that stays.
   */
  static Path filledOnce(Path parent, String name, Consumer<Path> fill) {
    Path target = parent.resolve(name);
    if (Files.isDirectory(target)) {
      return target;
    }
    try {
      Files.createDirectories(parent);
      synchronized (ONE_THREAD.computeIfAbsent(target.toAbsolutePath(), path -> new Object())) {
        try (FileChannel channel = FileChannel.open(parent.resolve(name + ".lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
            FileLock held = channel.lock()) {
          if (!Files.isDirectory(target)) {
            fill(parent.resolve(name + ".filling"), target, fill);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + target
          + " (if this user has no home to write to, name another folder by the environment's XDG_CACHE_HOME)", e);
    }
    return target;
  }

  private static void fill(Path filling, Path target, Consumer<Path> fill) throws IOException {
    delete(filling); // whatever is there is of a process that died while it held the lock that is held now
    try {
      Files.createDirectory(filling, OURS_ALONE);
      fill.accept(filling);
      Files.move(filling, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(filling);
    }
  }

  /** Deletes {@code folder} and all that is in it; does nothing if it does not exist. */
  static void delete(Path folder) {
    try {
      Files.walkFileTree(folder, new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
          Files.deleteIfExists(file);
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
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
