package dev.scalable.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  void sigterm_stops_every_part_before_the_process_ends() throws Exception {
    Process process = child("sound");
    await().until(() -> Files.readString(output()).contains("started in "));
    process.destroy();
    assertThat(exitCode(process)).as("128 + 15: ended by the signal it was sent").isEqualTo(143);
    assertThat(output()).content().contains("part stopped");
  }
}
