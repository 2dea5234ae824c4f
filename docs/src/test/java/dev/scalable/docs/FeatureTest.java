package dev.scalable.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dagger.internal.codegen.ComponentProcessor;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who takes the starter keeps the features that he wants: without a feature's package and its line the rest still compiles. */
class FeatureTest {

  private static final Path STARTER = Path.of("..", "starter-app", "src", "main", "java", "dev", "scalable", "starter");

  /** What every feature asks, and so none itself. */
  private static final String ACCESS = "access";

  @TempDir
  private Path classes;

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(STARTER)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static Stream<String> packages() throws IOException {
    return sources().stream().map(STARTER::relativize).filter(file -> file.getNameCount() > 1).map(file -> file.getName(0).toString())
        .distinct();
  }

  @ParameterizedTest
  @ValueSource(strings = {"accounts", "catalog", "feed", "orders", "page"})
  void without_a_feature_and_its_line_the_starter_compiles(String feature) throws IOException {
    String module = Character.toUpperCase(feature.charAt(0)) + feature.substring(1) + "Module";
    String component = Files.readString(STARTER.resolve("Starter.java"));
    String without = component.replace("import dev.scalable.starter." + feature + "." + module + ";\n", "")
        .replace("    " + module + ".class,\n", "");
    assertThat(component.lines().count() - without.lines().count()).as("its line and the import").isEqualTo(2);

    List<JavaFileObject> rest = new ArrayList<>();
    for (Path source : sources()) {
      if (!source.startsWith(STARTER.resolve(feature))) {
        rest.add(text(source, source.endsWith("Starter.java") ? without : Files.readString(source)));
      }
    }
    assertThat(compiled(rest)).isEmpty();
  }

  @Test
  void all_packages_of_the_starter_are_tried() throws IOException {
    assertThat(packages()).containsExactlyInAnyOrder(ACCESS, "accounts", "catalog", "feed", "orders", "page");
  }

  /** What the compiler says, with Dagger and the check for state; empty when all is well. */
  private String compiled(List<JavaFileObject> sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      // Not the starter as it was built, or what was taken away would be found there.
      files.setLocationFromPaths(StandardLocation.CLASS_PATH,
          Arrays.stream(System.getProperty("java.class.path").split(System.getProperty("path.separator"))).map(Path::of)
              .filter(entry -> !entry.toString().contains("starter-app")).toList());
      files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
      StringWriter said = new StringWriter();
      JavaCompiler.CompilationTask task = compiler.getTask(said, files, null, List.of("-nowarn", "-parameters"), null, sources);
      task.setProcessors(List.of(new ComponentProcessor()));
      return task.call() ? "" : said.toString();
    }
  }

  private static JavaFileObject text(Path source, String text) {
    URI uri = URI.create("string:///dev/scalable/starter/" + STARTER.relativize(source));
    return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }
}
