package dev.scalable.testkit.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A short command that was run to its end.
 *
 * @param exitCode 0 by convention for success
 * @param output standard output and standard error, as they came, without white space at the ends
 */
record FinishedCommand(List<String> command, int exitCode, String output) {

  /**
   * Runs a command in a folder, in the C locale so that its words can be read, and waits for its end.
   *
   * @throws IOException if it cannot be started, or has not ended within the limit: it is then killed
   */
  static FinishedCommand run(Path folder, Duration limit, List<String> command) throws IOException {
    // To a file: a full pipe would block the command, and reading a pipe knows no time limit.
    Path output = Files.createTempFile("scalable-testkit-", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(output.toFile());
      builder.environment().put("LC_ALL", "C");
      Process process = builder.start();
      boolean ended = waitFor(process, limit, command);
      String text = Files.readString(output, Charset.defaultCharset()).strip();
      if (!ended) {
        throw new IOException("Killed after %s without an end: %s%n%s".formatted(limit, line(command), text));
      }
      return new FinishedCommand(List.copyOf(command), process.exitValue(), text);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /**
   * The output of a command that must succeed.
   *
   * @throws IOException with the command and its output if the exit code is not 0
   */
  String outputOfSuccess() throws IOException {
    if (exitCode != 0) {
      throw new IOException("Exit code %d from: %s%n%s".formatted(exitCode, line(command), output));
    }
    return output;
  }

  private static boolean waitFor(Process process, Duration limit, List<String> command) {
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
      process.destroyForcibly().waitFor();
      return false;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("Interrupted and killed: " + line(command), e));
    }
  }

  private static String line(List<String> command) {
    return String.join(" ", command);
  }
}
