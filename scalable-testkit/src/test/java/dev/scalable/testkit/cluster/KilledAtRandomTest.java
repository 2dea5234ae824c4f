package dev.scalable.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.run.Processes;
import dev.scalable.testkit.run.Recorded;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A test JVM that is killed by SIGKILL at any moment of start, load and end of a cluster leaves nothing behind after
 * the next start: no process, no lock, no folder, no file. Every second time, by chance, its reaper is killed with it,
 * so that the next start has to do the work.
 *
 * <p>{@code -Dscalable.testkit.kills=20}, as the profile {@code full} has it, sets the number of rounds, 4 if nothing
 * is said; {@code -Dscalable.testkit.seed=...} repeats the moments of another time, as far as they depend on chance
 * alone.
 */
class KilledAtRandomTest {
  private static final int ROUNDS = Integer.getInteger("scalable.testkit.kills", 4);
  private static final long SEED = Long.getLong("scalable.testkit.seed", System.nanoTime());
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** What the test JVM has printed when a moment of its work begins; nothing for its own start. */
  private static final List<String> PHASES = List.of("", "backend", "s  Redis", "s  PostgreSQL", "s  instances",
      "s  balancer", "s  in all", ClusterMain.LOADING, ClusterMain.CLOSING, ClusterMain.CLOSED);

  private static final int LONGEST_DELAY_MILLIS = 600;

  @Test void a_test_jvm_that_is_killed_at_any_moment_leaves_nothing_after_the_next_start(@TempDir Path folder)
      throws IOException, InterruptedException {
    Random random = new Random(SEED);
    System.out.println(ROUNDS + " rounds, scalable.testkit.seed=" + SEED);
    for (int round = 1; round <= ROUNDS; round++) {
      String phase = PHASES.get(random.nextInt(PHASES.size()));
      int delay = random.nextInt(LONGEST_DELAY_MILLIS);
      boolean reaperToo = random.nextBoolean();
      String moment = "round " + round + ": " + delay + " ms after \"" + phase + "\""
          + (reaperToo ? ", together with its reaper" : "");
      System.out.println(moment);
      List<ProcessHandle> known = kill(folder, phase, delay, reaperToo);
      nextStart(folder);
      Awaitility.await(moment).atMost(LIMIT).untilAsserted(() -> {
        assertThat(Recorded.living(known)).as(moment).isEmpty();
        assertThat(Processes.concernedWith(folder)).as(moment).isEmpty();
      });
      assertThat(files(folder.resolve("temporary"))).as(moment).containsExactly(home(folder));
      assertThat(files(home(folder))).as(moment).extracting(file -> file.getFileName().toString())
          .filteredOn(name -> !name.startsWith("cache-")) // of PostgreSQL, where it needs another account
          .containsExactlyInAnyOrder("ports.lock", "runs.lock");
      assertThat(allPortsCanBeReserved(home(folder))).as(moment).isTrue();
    }
  }

  /** What was known to run when it was killed. */
  private static List<ProcessHandle> kill(Path folder, String phase, int delay, boolean reaperToo)
      throws IOException, InterruptedException {
    try (HostJvm host = HostJvm.start(folder, "again")) {
      host.awaitPrinted(phase);
      host.process().waitFor(delay, TimeUnit.MILLISECONDS);
      List<ProcessHandle> known = new ArrayList<>(host.process().descendants().toList());
      if (reaperToo) {
        host.process().children().filter(HostJvm::isReaper).forEach(ProcessHandle::destroyForcibly);
      }
      host.end("KILL", false);
      assertThat(host.process().exitValue()).as("it was killed, and had not ended before").isEqualTo(137);
      host.runs().forEach(run -> known.addAll(Recorded.withDescendants(Recorded.of(run))));
      return known;
    }
  }

  private static void nextStart(Path folder) throws IOException, InterruptedException {
    try (HostJvm next = HostJvm.start(folder, "sweep")) {
      assertThat(next.process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("the next start").isTrue();
      assertThat(next.process().exitValue()).as(() -> next.log().excerpt()).isZero();
    }
  }

  private static Path home(Path folder) {
    return folder.resolve("temporary").resolve("scalable-testkit-" + System.getProperty("user.name"));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  /** Whether nobody holds a lock on any port: this JVM has never opened that file. */
  private static boolean allPortsCanBeReserved(Path home) throws IOException {
    try (FileChannel locks = FileChannel.open(home.resolve("ports.lock"), StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
        FileLock all = locks.tryLock()) {
      return all != null;
    }
  }
}
