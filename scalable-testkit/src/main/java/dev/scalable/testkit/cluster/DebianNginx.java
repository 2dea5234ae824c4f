package dev.scalable.testkit.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The distribution's own nginx, unpacked into a user's cache on Debian and its descendants; nothing is installed and
 * root is not needed.
 *
 * <p>Processes and threads that want it at once wait for the first, which unpacks into a folder of its own and renames
 * that when nginx runs: whoever sees the final name sees all of it.
 *
 * @param cache where it is kept; made when needed
 * @param name of its folder there: one per release and processor, as a home may be shared by several machines
 */
record DebianNginx(Path cache, String name) {

  private static final Logger LOG = LoggerFactory.getLogger(DebianNginx.class);

  /** A file lock is held by the whole JVM, so threads need another. */
  private static final Object ONE_THREAD = new Object();

  static DebianNginx in(Path cache) {
    Properties release = release();
    String id = release.getProperty("ID", "unknown");
    String version = release.getProperty("VERSION_ID", release.getProperty("VERSION_CODENAME", "rolling"));
    String name = "nginx-%s-%s-%s".formatted(id, version, System.getProperty("os.arch"));
    return new DebianNginx(cache, name.replace("\"", ""));
  }

  /**
   * The path of an nginx that ran when it was put there, fetched now if it is not there yet.
   *
   * @throws IOException if it cannot be fetched; nothing is left behind but an empty lock file
   */
  Path binary() throws IOException {
    Path binary = cache.resolve(name).resolve("nginx");
    if (Files.exists(binary)) {
      return binary;
    }
    AptPackages.requireTools();
    createCache();
    synchronized (ONE_THREAD) {
      try (FileChannel channel = FileChannel.open(lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        if (!Files.exists(binary)) {
          fetch();
        }
      }
    }
    return binary;
  }

  private void fetch() throws IOException {
    // Whatever lies here under this name is of a process that died while it held the lock that we hold now.
    Path staging = cache.resolve(name + ".staging");
    delete(staging);
    long begin = System.nanoTime();
    LOG.info("No nginx here: unpacking the distribution's package into {} (once, some 10 s)", cache.resolve(name));
    try {
      Path apt = Files.createDirectories(staging.resolve("apt"));
      Path unpacked = Files.createDirectories(staging.resolve("unpacked"));
      new AptPackages(apt).unpack("nginx", unpacked.resolve("root"));
      NginxBinary nginx = NginxBinary.at(NginxLauncher.write(unpacked));
      Files.move(unpacked, cache.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      LOG.info("nginx {} is ready after {} ms", nginx.version(), (System.nanoTime() - begin) / 1_000_000);
    } finally {
      delete(staging);
    }
  }

  private void createCache() throws IOException {
    try {
      Files.createDirectories(cache);
    } catch (IOException e) {
      throw new IOException("cannot create " + cache + "; set XDG_CACHE_HOME to a folder that this user may write", e);
    }
  }

  private Path lockFile() {
    return cache.resolve(name + ".lock");
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> contentsFirst;
    try (Stream<Path> found = Files.walk(folder)) {
      contentsFirst = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : contentsFirst) {
      Files.delete(path);
    }
  }

  /** See os-release(5); empty where there is none. */
  private static Properties release() {
    Properties release = new Properties();
    try (var text = Files.newBufferedReader(Path.of("/etc/os-release"))) {
      release.load(text);
    } catch (IOException noSuchFile) {
      LOG.debug("No /etc/os-release", noSuchFile);
    }
    return release;
  }
}
