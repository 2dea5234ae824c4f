package dev.scalable.deploy.observability;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * Prometheus' own judge of its files. Where there is none on the path the test is not run, and says so; {@code
 * -Dscalable.test.promtool=required} makes that a failure.
 */
record Promtool(Path program) {

  /** What it said, in both of its streams. */
  record Verdict(int exitCode, String text) {}

  static Promtool onPath() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)).map(folder -> Path.of(folder, "promtool"))
        .filter(Files::isExecutable).findFirst().map(Promtool::new).orElseThrow(Promtool::absent);
  }

  private static RuntimeException absent() {
    String sentence = "NOT RUN: there is no promtool on the path to judge rules with (Debian: in the package prometheus)";
    if ("required".equals(System.getProperty("scalable.test.promtool"))) {
      throw new AssertionError(sentence);
    }
    System.out.println(sentence);
    return new TestAbortedException(sentence);
  }

  /** Runs it to its end in a folder; {@code input} may be empty. */
  Verdict run(Path folder, String input, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    Path given = Files.writeString(Files.createTempFile("promtool", ".in"), input);
    Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
        .redirectInput(given.toFile()).start();
    try {
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor(1, TimeUnit.MINUTES);
      return new Verdict(process.exitValue(), text);
    } finally {
      process.destroyForcibly();
      Files.delete(given);
    }
  }
}
