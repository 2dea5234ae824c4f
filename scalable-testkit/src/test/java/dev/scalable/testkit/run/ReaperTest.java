package dev.scalable.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.backend.ClusterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The end of a run whose reaper cannot do its work. */
class ReaperTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private final RunDirectory run = RunDirectory.create(false);
  private final Reaper reaper = Reaper.watch(run, Reaper.PostgresStop.FAST);

  @Test
  void a_killed_reaper_does_not_keep_the_end_from_ending_every_node() {
    ProcessNode node = startNode();
    killReaper();
    reaper.close();
    assertThat(node.isRunning()).isFalse();
    assertThat(run.path()).doesNotExist();
  }

  @Test
  void a_node_that_cannot_be_ended_is_named_and_the_end_can_be_tried_again() throws IOException {
    Path script = run.path().resolve("processes.sh");
    String whole = Files.readString(script);
    ProcessNode node = startNode();
    killReaper();
    Files.writeString(script, "kill() { :; }\nsleep() { :; }\n" + whole); // signals do nothing, and waiting no time
    try {
      assertThatThrownBy(reaper::close)
          .isInstanceOf(ClusterException.class)
          .hasMessageContaining("still running, as far as is known: app " + node.pid() + " (exit code 76")
          .hasMessageContaining(run.path().resolve("pids").toString());
      assertThat(node.isRunning()).isTrue();
    } finally {
      Files.writeString(script, whole);
    }
    reaper.close();
    assertThat(node.isRunning()).isFalse();
    assertThat(run.path()).doesNotExist();
  }

  @Test
  void a_dead_run_that_cannot_be_ended_keeps_nobody_from_starting() throws IOException {
    Path script = run.path().resolve("processes.sh");
    String whole = Files.readString(script);
    ProcessNode node = startNode();
    killReaper();
    Files.writeString(script, "kill() { :; }\nsleep() { :; }\n" + whole);
    run.close(); // as the death of its JVM would
    try (RunDirectory next = RunDirectory.create(false)) {
      assertThat(node.isRunning()).isTrue();
      assertThat(run.path()).isDirectory();
      Folders.delete(next.path());
    } finally {
      Files.writeString(script, whole);
    }
    RunDirectory after = RunDirectory.create(false);
    assertThat(node.isRunning()).isFalse();
    assertThat(run.path()).doesNotExist();
    Reaper.watch(after, Reaper.PostgresStop.FAST).close();
  }

  private ProcessNode startNode() {
    ProcessNode node = new NodeLauncher(run).launch(Role.APP, "node", List.of("sleep", "60"), Map.of());
    node.awaitUntil(() -> "recorded", () -> !Recorded.of(run.path()).isEmpty(), LIMIT);
    return node;
  }

  private void killReaper() {
    ProcessHandle process = ProcessHandle.current().children().filter(this::isReaper).findFirst().orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
  }

  private boolean isReaper(ProcessHandle process) {
    List<String> words = process.info().arguments().stream().flatMap(Stream::of).toList();
    return words.contains("reap") && words.contains(run.path().toString());
  }
}
