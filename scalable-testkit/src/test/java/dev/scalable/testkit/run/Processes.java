package dev.scalable.testkit.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The processes of this machine, as /proc shows them to this user. */
public final class Processes {
  private static final Path PROC = Path.of("/proc");

  private Processes() {}

  /** Those that run in {@code folder}, or have it in their command line or environment; each with its command line. */
  public static List<String> concernedWith(Path folder) {
    return all().filter(process -> mentions(process, folder.toString())).map(Processes::describe).toList();
  }

  /** The numbers of those of the run {@code id}, by their environment. */
  public static List<Long> ofRun(String id) {
    return all()
        .filter(process -> text(process.resolve("environ")).contains("SCALABLE_TESTKIT_RUN=" + id))
        .map(process -> Long.parseLong(process.getFileName().toString()))
        .toList();
  }

  /** What it does, as proc_pid_stat(5) names it in field 3: {@code R} runs, {@code S} sleeps, {@code T} is stopped. */
  static String state(long pid) {
    String stat = text(PROC.resolve(Long.toString(pid)).resolve("stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).substring(0, 1);
  }

  private static Stream<Path> all() {
    try (Stream<Path> entries = Files.list(PROC)) {
      return entries.filter(entry -> entry.getFileName().toString().chars().allMatch(Character::isDigit))
          .toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean mentions(Path process, String folder) {
    return text(process.resolve("cmdline")).contains(folder) || text(process.resolve("environ")).contains(folder)
        || place(process).startsWith(folder);
  }

  private static String describe(Path process) {
    return process.getFileName() + " in " + place(process) + ": " + text(process.resolve("cmdline")).replace('\0', ' ');
  }

  private static String place(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("cwd")).toString();
    } catch (IOException e) {
      return ""; // it has ended, or is not ours
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it has ended, or is not ours
    }
  }
}
