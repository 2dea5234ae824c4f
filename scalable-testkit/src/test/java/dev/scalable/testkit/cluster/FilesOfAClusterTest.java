package dev.scalable.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.run.CacheFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster writes nothing but into the folder for temporary files, which it leaves empty, and once into the user's
 * cache folder. Looked at from a JVM with a home and a working folder of its own, where nobody else writes.
 */
class FilesOfAClusterTest {
  @Test void a_cluster_leaves_no_trace_in_the_home_the_working_and_the_cache_folder(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path home = Files.createDirectory(folder.resolve("home"));
    Path work = Files.createDirectory(folder.resolve("work"));
    Path cache = CacheFolder.path();
    Map<String, String> cacheBefore = listing(cache);
    try (HostJvm host = HostJvm.startIn(folder, home, work, Objects.requireNonNull(cache.getParent()))) {
      host.awaitPrinted(ClusterMain.READY);
      assertThat(listing(home)).as("the home folder, while it runs").isEmpty();
      assertThat(listing(work)).as("the working folder, while it runs").isEmpty();
      host.end("TERM", false);
      assertThat(host.runs()).as("the temporary folders of runs").isEmpty();
    }
    assertThat(listing(home)).as("the home folder").isEmpty();
    assertThat(listing(work)).as("the working folder").isEmpty();
    assertThat(listing(cache)).as("what is unpacked once was, by the tests before").isEqualTo(cacheBefore);
  }

  /** Every file with its size and when it was written. */
  private static Map<String, String> listing(Path folder) throws IOException {
    Map<String, String> all = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> below = Files.walk(folder)) {
        for (Path file : below.filter(each -> !each.equals(folder)).toList()) {
          BasicFileAttributes known =
              Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
          all.put(folder.relativize(file).toString(), known.size() + " bytes of " + known.lastModifiedTime());
        }
      }
    }
    return all;
  }
}
