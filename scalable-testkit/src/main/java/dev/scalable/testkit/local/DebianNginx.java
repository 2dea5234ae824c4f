package dev.scalable.testkit.local;

import dev.scalable.testkit.run.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The distribution's own nginx, unpacked into a user's cache on Debian and its descendants; nothing is installed and
 * root is not needed.
 *
 * @param cache where it is kept; made when needed
 * @param name of its folder there: one per release and processor, as a home may be shared by several machines
 */
record DebianNginx(Path cache, String name) {

  private static final Logger log = LoggerFactory.getLogger(DebianNginx.class);

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
   * @throws dev.scalable.testkit.backend.ClusterException if it cannot be fetched
   * @throws UncheckedIOException if the cache cannot be written
   */
  Path binary() {
    if (!Files.isDirectory(cache.resolve(name))) {
      AptPackages.requireTools();
    }
    return Folders.filledOnce(cache, name, this::fetch).resolve("nginx");
  }

  private void fetch(Path folder) {
    long begin = System.nanoTime();
    log.info("No nginx here: unpacking the distribution's package into {} (once, some 10 s)", cache.resolve(name));
    try {
      Path apt = Files.createDirectory(folder.resolve("apt"));
      new AptPackages(apt).unpack("nginx", folder.resolve("root"));
      Folders.delete(apt);
      NginxBinary nginx = NginxBinary.at(NginxScript.write(folder));
      log.info("nginx {} is ready after {} ms", nginx.version(), (System.nanoTime() - begin) / 1_000_000);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack the distribution's nginx into " + folder, e);
    }
  }

  /** See os-release(5); empty where there is none. */
  private static Properties release() {
    Properties release = new Properties();
    try (var text = Files.newBufferedReader(Path.of("/etc/os-release"))) {
      release.load(text);
    } catch (IOException noSuchFile) {
      log.debug("No /etc/os-release", noSuchFile);
    }
    return release;
  }
}
