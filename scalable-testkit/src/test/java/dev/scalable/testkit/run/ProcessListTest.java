package dev.scalable.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the end of a run must and must not do to processes. */
class ProcessListTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final List<String> SLEEP = List.of("sleep", "60");

  @Test void a_process_that_only_has_the_number_of_a_recorded_one_is_left_alone() throws IOException {
    Process stranger = new ProcessBuilder(SLEEP).start();
    try {
      RunDirectory run = RunDirectory.create(false);
      Reaper reaper = Reaper.watch(run, Reaper.PostgresStop.FAST);
      ProcessNode node = new NodeLauncher(run).launch(Role.APP, "node", SLEEP, Map.of());
      node.awaitUntil(() -> "recorded", () -> !Recorded.of(run.path()).isEmpty(), LIMIT);
      String line = "app " + stranger.pid() + " 12345\n"; // this machine had hardly booted then
      Files.writeString(run.path().resolve("pids"), line, StandardOpenOption.APPEND);
      reaper.close();
      assertThat(node.isRunning()).isFalse();
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test void a_node_that_is_started_while_the_run_ends_ends_at_once() {
    RunDirectory run = RunDirectory.create(true);
    Reaper.watch(run, Reaper.PostgresStop.FAST).close();
    ProcessNode late = new NodeLauncher(run).launch(Role.APP, "late", SLEEP, Map.of());
    assertThat(late.endsWithin(LIMIT)).isTrue();
    assertThat(late.exitCode()).isEqualTo(75);
    Folders.delete(run.path());
  }

  @Test void a_kept_run_is_not_swept() {
    RunDirectory kept = RunDirectory.create(true);
    Reaper.watch(kept, Reaper.PostgresStop.FAST).close();
    try (RunDirectory next = RunDirectory.create(false); Reaper reaper = Reaper.watch(next, Reaper.PostgresStop.FAST)) {
      assertThat(kept.path().resolve("logs")).isDirectory();
      assertThat(next.path()).isNotEqualTo(kept.path());
    } finally {
      Folders.delete(kept.path());
    }
  }
}
