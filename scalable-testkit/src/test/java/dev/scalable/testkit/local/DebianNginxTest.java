package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.scalable.testkit.backend.ClusterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetches the package for real, so only where apt is and where its sources can be reached. */
class DebianNginxTest {

  @TempDir Path cache;

  @Test
  void callers_at_the_same_time_all_get_one_nginx_and_nothing_else_is_left() throws Exception {
    assumeTrue(hasApt(), "no apt here: fetching nginx was not tested");
    leaveWhatAKilledProcessLeaves();
    DebianNginx distribution = new DebianNginx(cache, "nginx-here");
    Set<Path> found = new HashSet<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      Callable<Path> fetch = distribution::binary;
      for (Future<Path> binary : threads.invokeAll(List.of(fetch, fetch, fetch))) {
        found.add(binary.get());
      }
    }

    assertThat(found).containsExactly(cache.resolve("nginx-here/nginx"));
    assertThat(NginxBinary.at(found.iterator().next()).version()).isGreaterThanOrEqualTo(NginxBinary.OLDEST);
    try (Stream<Path> left = Files.list(cache)) {
      assertThat(left).containsExactlyInAnyOrder(cache.resolve("nginx-here"), cache.resolve("nginx-here.lock"));
    }
  }

  private void leaveWhatAKilledProcessLeaves() throws IOException {
    Path apt = Files.createDirectories(cache.resolve("nginx-here.filling-1/apt"));
    Files.writeString(apt.resolve("apt.conf"), "nonsense");
  }

  private static boolean hasApt() {
    try {
      AptPackages.requireTools();
      return true;
    } catch (ClusterException e) {
      return false;
    }
  }
}
