package dev.scalable.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake in a copy of the templates is found, by a sentence that says where it was written. */
class BrokenTemplatesTest {

  private static final Path MISTAKES = Path.of("src/test/resources/dev/scalable/deploy/kubernetes/mistakes.yaml");

  /** One item of that file. */
  record Case(Node node) {

    String text(String key) {
      return node.text(key).orElse("");
    }

    String place() {
      return node.text("place").orElse(text("file") + ":");
    }

    @Override
    public String toString() {
      return text("what");
    }
  }

  static Stream<Case> mistakes() {
    return ((Node.Sequence) YamlFile.any(Path.of(""), MISTAKES).getFirst()).items().stream().map(Case::new);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void a_mistake_is_found_and_told_where_it_was_written(Case mistake, @TempDir Path copy) throws IOException {
    Templates.copy(copy);
    Path file = copy.resolve("kubernetes").resolve(mistake.text("file"));
    String text = Files.readString(file);
    assertThat(text).contains(mistake.text("right"));
    Files.writeString(file, text.replace(mistake.text("right"), mistake.text("wrong")));

    assertThat(Templates.folders(Templates.OVERLAYS).stream().flatMap(overlay -> Checks.of(copy, overlay).stream()))
        .anySatisfy(finding -> {
          assertThat(finding.toString()).startsWith("kubernetes/" + mistake.place());
          assertThat(finding.message()).contains(mistake.text("finding"));
        });
  }
}
