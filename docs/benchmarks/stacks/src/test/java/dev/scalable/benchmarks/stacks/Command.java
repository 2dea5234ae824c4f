package dev.scalable.benchmarks.stacks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Asks another program. */
final class Command {

  private Command() {}

  /** What a command prints, if it can be started and succeeds. */
  static Optional<String> output(String... command) {
    try {
      Path printed = Files.createTempFile("command", ".txt");
      try {
        Process process =
            new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(printed.toFile()).start();
        return process.waitFor() == 0
            ? Optional.of(Files.readString(printed, StandardCharsets.UTF_8).strip())
            : Optional.empty();
      } finally {
        Files.delete(printed);
      }
    } catch (IOException e) {
      return Optional.empty(); // there is no such program
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + command[0] + " was asked", e);
    }
  }
}
