package dev.scalable.testkit.cli;

import dev.scalable.testkit.backend.NodeLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The command line as a process of its own. */
record CommandLine(Process process, NodeLog out) implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  static CommandLine start(Path folder, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + folder, "-cp", System.getProperty("java.class.path"),
        Main.class.getName()));
    command.addAll(List.of(arguments));
    NodeLog out = new NodeLog(folder.resolve("out.log"));
    return new CommandLine(new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(out.path().toFile()).start(), out);
  }

  /** Waits until it has ended; its exit code. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("it still runs: " + out.lines());
    }
    return process.exitValue();
  }

  /** Waits until it has printed {@code words}. */
  void awaitPrinted(String words) {
    Awaitility.await().atMost(LIMIT).until(() -> {
      if (!process.isAlive() && !text().contains(words)) {
        throw new AssertionError("it ended: " + text());
      }
      return text().contains(words);
    });
  }

  String text() {
    return String.join("\n", out.lines());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
