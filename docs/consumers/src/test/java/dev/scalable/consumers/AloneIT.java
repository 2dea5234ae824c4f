package dev.scalable.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Projects that have nothing but the library, or nothing but the testkit, are built outside of this repository. */
@EnabledIfSystemProperty(named = "consumers.full", matches = "true", disabledReason = "run by -Pfull alone")
class AloneIT {

  private static final Path PROJECTS = Path.of("src", "projects");

  @TempDir
  private Path folder;

  @Test
  void the_library_serves_without_the_testkit_and_the_testkit_judges_without_the_library() throws Exception {
    copy(PROJECTS, folder);

    Command build = Maven.run(folder, "verify", "-Dscalable.version=" + System.getProperty("consumers.version"));

    assertThat(build.exitCode()).as(build.told()).isZero();
    assertThat(build.output())
        .containsPattern("Tests run: 2, .*AloneTest").containsPattern("Tests run: 3, .*ServerTest");
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(from)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path copy = to.resolve(from.relativize(file).toString());
      Files.createDirectories(copy.resolveSibling("."));
      Files.copy(file, copy);
    }
  }
}
