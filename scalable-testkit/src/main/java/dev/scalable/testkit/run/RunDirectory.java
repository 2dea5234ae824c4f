package dev.scalable.testkit.run;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.NodeLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one run: logs, rendered configuration, throw-away data, and the list of its processes. It is locked
 * while the JVM that made it lives; a run directory whose lock is free belongs to a dead JVM, and {@link #create} ends
 * and deletes what such a run left (when its reaper was killed too).
 */
final class RunDirectory implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RunDirectory.class);
  private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS");

  /**
   * The run directories of this JVM. Their lock files must never be opened a second time: POSIX drops a process's lock
   * when the process closes any descriptor of that file.
   */
  private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel lock;

  private RunDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /** Sweeps dead runs, then makes a new run directory. */
  static synchronized RunDirectory create(boolean keep) {
    Path home = WorkFolder.path();
    // The lock on the whole folder keeps another JVM's sweep away from a directory that is made but not locked yet.
    try (FileChannel everyone = open(home.resolve("runs.lock")); FileLock held = everyone.lock()) {
      sweep(home);
      String name = "run-" + LocalDateTime.now(ZoneId.systemDefault()).format(NAME) + "-";
      Path path = Files.createTempDirectory(home, name).toRealPath();
      WorkFolder.makeTraversable(path);
      OURS.add(path);
      RunDirectory run = new RunDirectory(path, open(path.resolve("lock")));
      try {
        run.fill(keep);
      } catch (IOException | RuntimeException | Error e) {
        run.close();
        Folders.delete(path);
        throw e;
      }
      return run;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a run directory in " + home, e);
    }
  }

  private void fill(boolean keep) throws IOException {
    if (lock.tryLock() == null) {
      throw new IOException("the new file " + path.resolve("lock") + " is locked already");
    }
    Files.createDirectory(path.resolve("logs"));
    ProcessList.prepare(path);
    if (keep) {
      keep();
    }
  }

  /** Whether the run {@code id} is over: its folder is gone, or nobody holds its lock. */
  static boolean isOver(String id) {
    return isOver(WorkFolder.path().resolve(id));
  }

  private static boolean isOver(Path run) {
    try {
      return !OURS.contains(run.toRealPath()) && isUnlocked(run);
    } catch (NoSuchFileException e) {
      return true; // gone, between two looks of ours maybe, by the hand of its own reaper
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tell whether the run in " + run + " is over", e);
    }
  }

  /** The folder itself. */
  Path path() {
    return path;
  }

  /** The name that tells this run from all others. */
  String id() {
    return String.valueOf(path.getFileName());
  }

  /** The log file of the node {@code name}. */
  NodeLog log(String name) {
    return new NodeLog(path.resolve("logs").resolve(name + ".log"));
  }

  /** The log files of all nodes, by name. */
  List<NodeLog> logs() {
    try (Stream<Path> files = Files.list(path.resolve("logs"))) {
      return files.sorted().map(NodeLog::new).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the logs in " + path, e);
    }
  }

  /** Has the directory outlive its run, and the sweeps of a week; see {@link KeptRuns}. */
  void keep() {
    try {
      Files.write(path.resolve("keep"), new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot mark " + path + " as one to keep", e);
    }
  }

  /** Gives the lock back. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unlock " + path, e);
    } finally {
      OURS.remove(path);
    }
  }

  private static void sweep(Path home) throws IOException {
    try (DirectoryStream<Path> runs = Files.newDirectoryStream(home, "run-*")) {
      for (Path run : runs) {
        if (isOver(run) && Files.exists(run) && !KeptRuns.isOne(run)) {
          reap(run);
        }
      }
    }
    KeptRuns.sweep(home, Instant.now());
  }

  /** What another run left behind, and cannot be ended, is told and is no reason not to start this one. */
  private static void reap(Path run) {
    try {
      Reaper.reap(run, Reaper.PostgresStop.FAST);
    } catch (ClusterException | UncheckedIOException e) {
      log.warn("A test JVM died and left what cannot be cleared away", e);
    }
  }

  /** Makes no file: in a directory that is being deleted, that would keep it from going. */
  private static boolean isUnlocked(Path run) throws IOException {
    Path file = run.resolve("lock");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE); FileLock lock = channel.tryLock()) {
      return lock != null;
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }
}
