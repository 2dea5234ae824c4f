package dev.scalable.consumers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A command that has ended.
 *
 * @param line what was run
 * @param exitCode what it ended with
 * @param output all that it printed
 */
record Command(String line, int exitCode, String output) {

  /** Against builds that never end; a build with cluster tests takes a minute or two. */
  private static final Duration LIMIT = Duration.ofMinutes(20);

  /** Runs a command in a folder until its end; throws IllegalStateException if that does not come, and ends it. */
  static Command run(Path folder, List<String> arguments) throws IOException, InterruptedException {
    Path output = Files.createTempFile("consumer", ".log");
    Process process = new ProcessBuilder(arguments).directory(folder.toFile()).redirectErrorStream(true)
        .redirectOutput(output.toFile()).start();
    Thread ender = new Thread(() -> end(process));
    Runtime.getRuntime().addShutdownHook(ender);
    try {
      if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(arguments + " did not end within " + LIMIT + "; its output is in " + output);
      }
      String printed = Files.readString(output, StandardCharsets.UTF_8);
      Files.delete(output);
      return new Command(String.join(" ", arguments), process.exitValue(), printed);
    } finally {
      Runtime.getRuntime().removeShutdownHook(ender);
      end(process);
    }
  }

  /** Maven and what it has started, tests and their clusters among it. */
  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
  }

  /** For the message of an assertion. */
  String told() {
    return line + " ended with " + exitCode + " after it had printed\n" + output;
  }
}
