package dev.scalable.consumers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A copy of the starter that {@code take-away} has made, with other names. */
final class Taken {

  static final String PACKAGE = "com.acme.shop";

  private final Path folder;

  Taken(Path folder) {
    this.folder = folder;
  }

  /** Runs the script, from another folder than its own, as people do. */
  static Command takeAway(String... arguments) throws IOException, InterruptedException {
    Path script = Path.of("..", "..", "starter-app", "take-away").toAbsolutePath().normalize();
    return Command.run(Path.of("target"), Stream.concat(Stream.of(script.toString()), Stream.of(arguments)).toList());
  }

  Path folder() {
    return folder;
  }

  /** The files of the copy, without what a build has left there. */
  List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).filter(file -> !file.startsWith(folder.resolve("target"))).sorted()
          .toList();
    }
  }

  /** The folder of the package, among the sources of the service or among its tests. */
  Path sources(String mainOrTest) {
    return folder.resolve("src").resolve(mainOrTest).resolve("java").resolve(PACKAGE.replace('.', '/'));
  }

  /** What its tests have as class path, its own classes excepted; there after a build. */
  List<Path> libraries() throws IOException {
    Path classPath = folder.resolve("target").resolve("run.classpath");
    return Stream.of(Files.readString(classPath).strip().split(":")).map(Path::of).toList();
  }
}
