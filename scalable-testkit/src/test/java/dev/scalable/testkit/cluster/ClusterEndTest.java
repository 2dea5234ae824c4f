package dev.scalable.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.run.Folders;
import dev.scalable.testkit.run.Recorded;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No process and no run directory is left behind, whatever way a cluster or its JVM ends. */
class ClusterEndTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test void closing_leaves_no_process_and_no_file() {
    Cluster cluster = Tiny.cluster().start();
    cluster.instance(2).pause();
    List<ProcessHandle> processes = Recorded.withDescendants(Recorded.of(cluster.runDirectory()));
    assertThat(processes).as("2 instances, PostgreSQL, Redis, Nginx, and their children").hasSizeGreaterThan(8);
    cluster.close();
    assertThat(Recorded.living(processes)).isEmpty();
    assertThat(cluster.runDirectory()).doesNotExist();
    cluster.close(); // a second time is no mistake
  }

  @Test void a_failed_start_leaves_no_process_and_tells_what_the_app_printed() {
    ClusterBuilder broken = Tiny.cluster().app(AppSpec.mainClass(TinyApp.class).args("broken")).keepRunDirectory();
    Throwable failure = catchThrowable(broken::start);
    assertThat(failure)
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("ended with exit code 3 before it was ready")
        .hasMessageContaining("this app is broken on purpose, says app-")
        .hasMessageContaining("database system is ready to accept connections");
    String message = String.valueOf(failure.getMessage());
    Path kept = Path.of(message.substring(message.lastIndexOf(": ") + 2));
    assertThat(Recorded.of(kept)).extracting(Recorded::role).contains("postgres", "redis", "app");
    assertThat(Recorded.living(Recorded.withDescendants(Recorded.of(kept)))).isEmpty();
    assertThat(kept.resolve("logs")).isNotEmptyDirectory();
    Folders.delete(kept);
  }

  @ParameterizedTest(name = "SIG{0}, whole group: {1}")
  @CsvSource({"KILL, false", "TERM, false", "INT, true"})
  void a_signal_to_the_test_jvm_ends_its_cluster(String signal, boolean group, @TempDir Path folder)
      throws IOException, InterruptedException {
    assumeFalse(signal.equals("INT") && HostJvm.ignoresInterrupts(), "these tests run with SIGINT ignored");
    try (HostJvm host = HostJvm.start(folder)) {
      host.awaitPrinted(ClusterMain.READY);
      List<ProcessHandle> processes = Recorded.withDescendants(Recorded.of(host.runs().get(0)));
      assertThat(Recorded.living(processes)).hasSizeGreaterThan(8);
      host.end(signal, group);
      awaitNothingLeft(host, processes);
    }
  }

  @Test void a_test_jvm_that_is_killed_during_the_start_leaves_nothing(@TempDir Path folder)
      throws IOException, InterruptedException {
    try (HostJvm host = HostJvm.start(folder, "hanging")) {
      host.awaitRecorded(3);
      List<ProcessHandle> processes = Recorded.withDescendants(Recorded.of(host.runs().get(0)));
      host.end("KILL", false);
      awaitNothingLeft(host, processes);
    }
  }

  @Test void what_a_killed_reaper_left_is_ended_by_the_next_start(@TempDir Path folder)
      throws IOException, InterruptedException {
    List<ProcessHandle> processes;
    Path dead;
    try (HostJvm host = HostJvm.start(folder)) {
      host.awaitPrinted(ClusterMain.READY);
      dead = host.runs().get(0);
      processes = Recorded.withDescendants(Recorded.of(dead));
      ProcessHandle reaper = host.process().children().filter(HostJvm::isReaper).findFirst().orElseThrow();
      reaper.destroyForcibly();
      host.end("KILL", false);
    }
    assertThat(Recorded.living(processes)).as("nobody was left to end them").hasSizeGreaterThan(8);
    try (HostJvm next = HostJvm.start(folder)) {
      Awaitility.await().atMost(LIMIT).until(() -> !next.runs().isEmpty() && !next.runs().contains(dead));
      assertThat(Recorded.living(processes)).isEmpty();
      next.end("TERM", false);
    }
  }

  private static void awaitNothingLeft(HostJvm host, List<ProcessHandle> processes) {
    Awaitility.await().atMost(LIMIT).until(() -> Recorded.living(processes).isEmpty() && host.runs().isEmpty());
  }
}
