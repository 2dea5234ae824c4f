package dev.scalable.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the process of a service says and how it ends, seen from outside. */
class ProcessTest {

  @TempDir
  private Path folder;

  private Process child(String how) throws IOException {
    return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
        "-cp", System.getProperty("java.class.path"), ChildService.class.getName(), how)
        .redirectErrorStream(true).redirectOutput(output().toFile()).start();
  }

  private Path output() {
    return folder.resolve("output");
  }

  private static int exitCode(Process process) throws InterruptedException {
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return process.waitFor();
  }

  @Test
  void a_mistake_in_the_configuration_ends_the_process_with_78() throws Exception {
    assertThat(exitCode(child("misconfigured"))).isEqualTo(78);
    assertThat(output()).content().contains("SCALABLE_WHAT is not a setting").doesNotContain("part started");
  }

  @Test
  void a_part_that_fails_ends_the_process_with_1() throws Exception {
    assertThat(exitCode(child("broken"))).isEqualTo(1);
    assertThat(output()).content().contains("the part failed: broken on purpose", "part stopped");
  }

  @Test
  void a_start_that_fails_ends_within_10_s_though_its_parts_do_not_stop() throws Exception {
    Process process = child("broken-and-stuck");
    await().until(() -> Files.readString(output()).contains("part stopping"));
    long began = System.nanoTime();
    assertThat(exitCode(process)).isEqualTo(1);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    assertThat(output()).content().contains("the part has not stopped within 2000 ms", "other part stopped");
  }

  @Test
  void a_part_that_hangs_in_its_start_ends_the_process_with_1_and_stops_the_others() throws Exception {
    Process process = child("hung");
    await().until(() -> Files.readString(output()).contains("part starting"));
    long began = System.nanoTime();
    assertThat(exitCode(process)).isEqualTo(1);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    assertThat(output()).content()
        .contains("the part failed: it has not started within 300 ms", "ThePart.start", "other part stopped");
  }

  @Test
  void sigterm_during_the_start_gives_it_up_and_stops_what_was_started() throws Exception {
    Process process = child("slow");
    await().until(() -> Files.readString(output()).contains("part starting"));
    process.destroy();
    assertThat(exitCode(process)).isEqualTo(143);
    assertThat(output()).content().contains("part stopped", "other part stopped").doesNotContain("part started");
  }

  @Test
  void a_second_sigterm_ends_the_process_at_once() throws Exception {
    Process process = child("stuck");
    await().until(() -> Files.readString(output()).contains("started in "));
    process.destroy();
    await().until(() -> Files.readString(output()).contains("part stopping"));
    assertThat(process.isAlive()).isTrue();
    process.destroy();
    assertThat(exitCode(process)).isEqualTo(143);
    assertThat(output()).content().contains("SIGTERM came a second time").doesNotContain("other part stopped");
  }

  @Test
  void sigterm_stops_every_part_before_the_process_ends() throws Exception {
    Process process = child("sound");
    await().until(() -> Files.readString(output()).contains("started in "));
    process.destroy();
    assertThat(exitCode(process)).as("128 + 15: ended by the signal it was sent").isEqualTo(143);
    assertThat(output()).content().contains("part stopped");
  }
}
