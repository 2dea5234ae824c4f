package dev.scalable.testkit.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whole folders: made entirely or not at all, deleted. */
public final class Folders {
  private static final Logger log = LoggerFactory.getLogger(Folders.class);
  private static final String FILLING = ".filling-";
  private static final int TRIES = 10;

  /** A file lock is held by the whole JVM, so threads need another: by the folder that is to be made. */
  private static final Map<Path, Object> ONE_THREAD = new ConcurrentHashMap<>();

  private Folders() {}

  /**
   * Returns the folder {@code name} in {@code parent}, filled by {@code fill} if it does not exist yet. It is filled
   * under another name and then renamed, so whoever sees the name sees all of it, and a process that dies halfway
   * leaves nothing that the next does not clear away. Threads and processes that want it at once wait for the first,
   * on a lock file beside it that stays.
   */
  public static Path filledOnce(Path parent, String name, Consumer<Path> fill) {
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
            deleteLeftovers(parent, name + FILLING);
            fill(Files.createTempDirectory(parent, name + FILLING), target, fill);
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
    try {
      fill.accept(filling);
      Files.move(filling, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(filling);
    }
  }

  /**
   * Deletes what JVMs that died while they held the lock have left. A child of one may still write for a moment, which
   * is why each fills a folder of its own; what cannot be deleted now the next one deletes.
   */
  private static void deleteLeftovers(Path parent, String prefix) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, prefix + "*")) {
      for (Path left : found) {
        try {
          delete(left);
        } catch (UncheckedIOException e) {
          log.debug("Left to be deleted by the next", e);
        }
      }
    }
  }

  /**
   * Deletes {@code folder} and all that is in it; does nothing if it does not exist. What another process still puts
   * into it meanwhile, such as the sweep of a JVM that takes a half deleted run for one that died, is deleted too.
   */
  public static void delete(Path folder) {
    try {
      for (int tries = 1; !deleted(folder); tries++) {
        if (tries == TRIES) {
          throw new IOException("something puts files into it as fast as they are deleted, " + tries + " times");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    }
  }

  /** Whether nothing came into {@code folder} while it was deleted. */
  private static boolean deleted(Path folder) throws IOException {
    try {
      Files.walkFileTree(folder, new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
          Files.deleteIfExists(file);
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
          if (e instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE; // deleted by another who is at it too
          }
          throw e;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
            throws IOException {
          if (e != null && !(e instanceof NoSuchFileException)) {
            throw e;
          }
          Files.deleteIfExists(visited);
          return FileVisitResult.CONTINUE;
        }
      });
      return true;
    } catch (DirectoryNotEmptyException e) {
      return false;
    }
  }

  /** Whether {@code folder} exists and holds nothing. */
  public static boolean isEmpty(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }
}
