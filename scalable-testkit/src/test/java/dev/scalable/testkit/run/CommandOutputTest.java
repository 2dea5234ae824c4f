package dev.scalable.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.RepeatedTest;

class CommandOutputTest {
  /** As when one part of a cluster fails and the others, which start at the same time, are told to stop. */
  @RepeatedTest(5) void a_thread_that_is_interrupted_gets_all_of_it_and_stays_interrupted()
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder("/bin/sh", "-c", "echo words").start();
    process.waitFor();
    Thread.currentThread().interrupt();
    String text = CommandOutput.of(process).text();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(text).isEqualTo("words");
  }
}
