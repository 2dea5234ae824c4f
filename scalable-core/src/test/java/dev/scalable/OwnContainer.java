package dev.scalable;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A container on the host's network, for servers that the machine has too old or not at all. It ends with the test JVM,
 * when its input does.
 */
public final class OwnContainer implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path log;
  private final Process process;

  private OwnContainer(Path log, Process process) {
    this.log = log;
    this.process = process;
  }

  /**
   * Goes on where an engine has the image. Elsewhere the test is counted as not run, or fails if
   * {@code -Dscalable.test.containers=required} says so.
   */
  public static void assumeImage(String image) throws InterruptedException {
    if (System.getProperty("scalable.test.containers", "").equals("required")) {
      return;
    }
    String obstacle;
    try {
      Process inspection = new ProcessBuilder("docker", "image", "inspect", "--format", "{{.Id}}", image)
          .redirectErrorStream(true).start();
      String output = new String(inspection.getInputStream().readAllBytes(), UTF_8);
      obstacle = inspection.waitFor() == 0 ? "" : output.strip();
    } catch (IOException e) {
      obstacle = e.toString();
    }
    String why = obstacle;
    assumeTrue(why.isEmpty(),
        () -> "There is no " + image + "; .ci/container-engine and .ci/container-images make one: " + why);
  }

  /**
   * Starts one and returns when it answers.
   *
   * @param log where its output goes
   * @param options those of {@code docker run}, besides those that any needs
   * @param script for its shell, which must end when its input does
   * @param answers whether it does
   */
  public static OwnContainer start(String image, Path log, List<String> options, String script,
      Callable<Boolean> answers) throws IOException {
    List<String> command = new ArrayList<>(List.of("docker", "run", "--rm", "--interactive", "--network=host",
        "--entrypoint=sh"));
    command.addAll(options);
    command.addAll(List.of(image, "-c", script));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    OwnContainer started = new OwnContainer(log, process);
    Awaitility.await().atMost(LIMIT).until(() -> {
      if (!process.isAlive()) {
        throw started.failed();
      }
      return answers.call();
    });
    return started;
  }

  private IllegalStateException failed() throws IOException {
    return new IllegalStateException(Files.readString(log));
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw failed();
    }
  }
}
