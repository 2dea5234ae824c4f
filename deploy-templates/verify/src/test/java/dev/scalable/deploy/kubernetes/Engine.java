package dev.scalable.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The container engine of this machine, and other programs, by their commands. */
final class Engine {

  /** {@code .ci/run} says so where it has started an engine and made the images. */
  static final boolean REQUIRED = System.getProperty("scalable.test.containers", "").equals("required");

  private Engine() {}

  /**
   * What a program has printed.
   *
   * @param exitCode -1 where there is no such program
   */
  record Output(int exitCode, String text) {}

  static boolean has(String image) throws InterruptedException {
    return run("docker", "image", "inspect", "--format", "{{.Id}}", image).exitCode() == 0;
  }

  /** Goes on where an engine has the image; elsewhere the test is counted as not run, or fails if it is required. */
  static void assumeImage(String image) throws InterruptedException {
    assumeTrue(REQUIRED || has(image),
        () -> "NOT RUN: there is no " + image + "; .ci/container-engine and .ci/container-images make one");
  }

  /** What {@code docker} prints for a command that succeeds. */
  static String docker(String... arguments) throws InterruptedException {
    Output output = run(Stream.concat(Stream.of("docker"), Stream.of(arguments)).toArray(String[]::new));
    assertThat(output.exitCode()).as("docker %s: %s", List.of(arguments), output.text()).isZero();
    return output.text().strip();
  }

  /** Runs a program in deploy-templates and waits for its end. */
  static Output run(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).directory(Templates.ROOT.toFile()).redirectErrorStream(true)
          .start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      return new Output(process.exitValue(), text);
    } catch (IOException e) {
      return new Output(-1, e.toString());
    }
  }
}
