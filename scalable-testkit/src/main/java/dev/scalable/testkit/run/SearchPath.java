package dev.scalable.testkit.run;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The folders in which this user's programs are looked for: the environment's PATH. */
public final class SearchPath {
  private SearchPath() {}

  /** The folders, in order. */
  public static List<Path> folders() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(folder -> !folder.isBlank())
        .map(Path::of)
        .toList();
  }

  /** The program {@code name}, in the first folder that has it. */
  public static Optional<Path> find(String name) {
    return folders().stream().map(folder -> folder.resolve(name)).filter(Files::isExecutable).findFirst();
  }
}
