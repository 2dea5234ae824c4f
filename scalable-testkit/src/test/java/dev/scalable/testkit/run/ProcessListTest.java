package dev.scalable.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.scalable.testkit.backend.Node;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the end of a run must and must not do to processes. */
class ProcessListTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final List<String> SLEEP = List.of("sleep", "60");

  @Test void a_process_that_only_has_the_number_of_a_recorded_one_is_left_alone() throws IOException {
    Process stranger = new ProcessBuilder(SLEEP).start();
    try {
      RunDirectory run = RunDirectory.create(false);
      Reaper reaper = Reaper.watch(run, Reaper.PostgresStop.FAST);
      ProcessNode node = new NodeLauncher(run).launch(Role.APP, "node", SLEEP, Map.of());
      node.awaitUntil(() -> "recorded", () -> !Recorded.of(run.path()).isEmpty(), LIMIT);
      String known = Files.readString(run.path().resolve("pids")).strip();
      String boot = known.substring(known.lastIndexOf(' ') + 1);
      String line = "app " + stranger.pid() + " 12345 " + boot + "\n"; // this machine had hardly booted then
      Files.writeString(run.path().resolve("pids"), line, StandardOpenOption.APPEND);
      reaper.close();
      assertThat(node.isRunning()).isFalse();
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  /** A folder of a run outlasts a machine that goes down; what has a number from then is a daemon's group, say. */
  @Test void a_group_that_only_has_the_number_of_a_process_from_before_the_machine_was_booted_is_left_alone()
      throws IOException, InterruptedException {
    assumeTrue(SearchPath.find("setsid").isPresent() && Files.exists(BOOT), "this is no Linux");
    Process leader = new ProcessBuilder("setsid", "/bin/sh", "-c", "sleep 66 > /dev/null & echo $$ $!").start();
    String said = new String(leader.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    String[] numbers = said.split(" ", -1);
    ProcessHandle left = ProcessHandle.of(Long.parseLong(numbers[1])).orElseThrow();
    try {
      assertThat(leader.waitFor()).as("it has ended, and its group lives on").isZero();
      RunDirectory run = RunDirectory.create(false);
      Files.writeString(run.path().resolve("pids"), "app " + numbers[0] + " 12345 another-boot\n");
      Reaper.watch(run, Reaper.PostgresStop.FAST).close();
      assertThat(Recorded.living(List.of(left))).containsExactly(left);
      assertThat(run.path()).doesNotExist();
    } finally {
      left.destroyForcibly();
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

  @Test void what_a_node_has_left_in_its_group_or_far_from_it_ends_with_the_run() throws IOException {
    assumeTrue(SearchPath.find("setsid").isPresent(), "there is no setsid on this machine");
    RunDirectory run = RunDirectory.create(false);
    Reaper reaper = Reaper.watch(run, Reaper.PostgresStop.FAST);
    ProcessNode node = new NodeLauncher(run).launch(Role.NGINX, "node",
        List.of("/bin/sh", "-c", "env -i sleep 61 & setsid sleep 62 & exit 0"), Map.of());
    assertThat(node.endsWithin(LIMIT)).isTrue();
    Awaitility.await().atMost(LIMIT).until(() -> Processes.concernedWith(run.path()).stream()
        .filter(process -> process.endsWith("sleep 61 ") || process.endsWith("sleep 62 ")).count() == 2);
    reaper.close();
    assertThat(Processes.concernedWith(run.path())).isEmpty();
  }

  @Test void a_kill_reaches_all_of_a_node_at_once() {
    assumeTrue(SearchPath.find("setsid").isPresent(), "there is no setsid on this machine");
    RunDirectory run = RunDirectory.create(false);
    try (Reaper reaper = Reaper.watch(run, Reaper.PostgresStop.FAST)) {
      ProcessNode node = new NodeLauncher(run).launch(Role.NGINX, "node",
          List.of("/bin/sh", "-c", "sleep 64 & sleep 65"), Map.of());
      Awaitility.await().atMost(LIMIT).until(() -> Processes.ofRun(run.id()).size() == 3);
      node.signal(Node.Signal.KILL);
      Awaitility.await().atMost(LIMIT).until(() -> Processes.ofRun(run.id()).isEmpty());
    }
  }

  /** Busy threads of low priority beside others: the system lets them, and so the signal, wait for their turn. */
  @Test void what_was_told_to_stop_has_stopped_with_all_of_its_threads_and_children() throws IOException {
    assumeTrue(SearchPath.find("setsid").isPresent() && Files.isDirectory(Path.of("/proc/self/task")), "this is no Linux");
    String busy = "while :; do :; done";
    List<Process> others = new ArrayList<>();
    RunDirectory run = RunDirectory.create(false);
    try (Reaper reaper = Reaper.watch(run, Reaper.PostgresStop.FAST)) {
      for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
        others.add(new ProcessBuilder("/bin/sh", "-c", busy).start());
      }
      ProcessNode node = new NodeLauncher(run).launch(Role.APP, "node",
          List.of("nice", "-n", "19", "/bin/sh", "-c", "(" + busy + ") & (" + busy + ") & " + busy), Map.of());
      Awaitility.await().atMost(LIMIT).until(() -> Processes.ofRun(run.id()).size() == 3);
      for (int round = 0; round < 20; round++) {
        node.signal(Node.Signal.STOP);
        assertThat(Processes.ofRun(run.id())).hasSize(3).allMatch(pid -> Processes.state(pid).equals("T"));
        node.signal(Node.Signal.CONT);
      }
    } finally {
      others.forEach(Process::destroyForcibly);
    }
  }

  @Test void an_app_that_ends_takes_with_it_what_it_has_forked() {
    assumeTrue(SearchPath.find("setsid").isPresent(), "there is no setsid on this machine");
    RunDirectory run = RunDirectory.create(false);
    try (Reaper reaper = Reaper.watch(run, Reaper.PostgresStop.FAST)) {
      ProcessNode node = new NodeLauncher(run).launch(Role.APP, "node", List.of("/bin/sh", "-c", "sleep 63 & exit 0"),
          Map.of());
      assertThat(node.endsWithin(LIMIT)).isTrue();
      Awaitility.await().atMost(LIMIT).until(() -> Processes.ofRun(run.id()).isEmpty());
    }
  }

  @Test void of_kept_runs_the_newest_twenty_stay_and_those_of_a_week(@TempDir Path home) throws IOException {
    Instant now = Instant.parse("2026-11-23T12:00:00Z");
    for (int age = 0; age < 30; age++) {
      kept(home, "run-%02d".formatted(age), now.minus(Duration.ofDays(age)));
    }
    Files.createDirectories(home.resolve("run-of-a-living-jvm/logs"));
    KeptRuns.sweep(home, now);
    try (Stream<Path> left = Files.list(home)) {
      assertThat(left.map(path -> path.getFileName().toString()).sorted()).hasSize(21)
          .contains("run-00", "run-19", "run-of-a-living-jvm").doesNotContain("run-20", "run-29");
    }
    for (int number = 0; number < 25; number++) {
      kept(home, "run-today-" + number, now.minus(Duration.ofHours(number)));
    }
    KeptRuns.sweep(home, now);
    try (Stream<Path> left = Files.list(home)) {
      assertThat(left.map(path -> path.getFileName().toString())).as("more than twenty, as they are of this week")
          .hasSize(34).contains("run-today-24", "run-06", "run-07").doesNotContain("run-08");
    }
  }

  @Test void a_start_sweeps_kept_runs_that_are_old() throws IOException {
    Path home = WorkFolder.path();
    List<Path> old = new ArrayList<>();
    try {
      for (int number = 0; number <= KeptRuns.NEWEST; number++) {
        Path run = home.resolve("run-20010101-000000-" + number + "-" + System.nanoTime());
        kept(home, run.getFileName().toString(), Instant.parse("2001-01-01T00:00:00Z").plusSeconds(number));
        old.add(run);
      }
      Run.begin(false, false).close();
      assertThat(old.get(0)).doesNotExist();
    } finally {
      old.forEach(Folders::delete);
    }
  }

  @Test void a_kept_run_that_has_ended_only_half_is_ended_by_the_next_start() throws IOException {
    RunDirectory kept = RunDirectory.create(true);
    try {
      ProcessNode node = new NodeLauncher(kept).launch(Role.APP, "node", SLEEP, Map.of());
      node.awaitUntil(() -> "recorded", () -> !Recorded.of(kept.path()).isEmpty(), LIMIT);
      Files.write(kept.path().resolve("closed"), new byte[0]); // by a reaper that was killed then
      kept.close(); // as the death of its JVM would
      Run.begin(false, false).close();
      assertThat(node.isRunning()).isFalse();
      assertThat(kept.path().resolve("logs")).isDirectory();
      assertThat(KeptRuns.isOne(kept.path())).isTrue();
    } finally {
      Folders.delete(kept.path());
    }
  }

  private static void kept(Path home, String name, Instant ended) throws IOException {
    Path run = Files.createDirectories(home.resolve(name));
    Files.write(run.resolve("keep"), new byte[0]);
    Files.setLastModifiedTime(Files.write(run.resolve("ended"), new byte[0]), FileTime.from(ended));
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
