package dev.scalable.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The starter taken away to a folder outside of this repository, under other names: it is built there alone and its
 * tests pass, unit tests and some on a real cluster; with the profile {@code full} all of them, and its start command.
 */
class TakenStarterIT {

  private static final boolean FULL = Boolean.getBoolean("consumers.full");

  /** Instances that share the load, and what one writes read from the other. */
  private static final String SOME =
      "OriginReportIT#two_instances_share_the_load_exactly+what_one_instance_writes_the_other_reads";

  @TempDir
  private static Path temp;

  private static Taken taken = new Taken(Path.of("."));
  private static List<Path> asTaken = List.of();

  @BeforeAll
  static void take_it_and_build_it() throws Exception {
    taken = new Taken(temp.resolve("taken"));
    Command takeAway = Taken.takeAway(taken.folder().toString(), "--package", Taken.PACKAGE);
    assertThat(takeAway.exitCode()).as(takeAway.told()).isZero();
    asTaken = taken.files();

    Command build = Maven.run(taken.folder(), Stream.concat(Stream.of("verify"),
        FULL ? Stream.of() : Stream.of("-Dit.test=" + SOME)).toArray(String[]::new));
    assertThat(build.exitCode()).as(build.told()).isZero();
  }

  private static List<String> reports(String folder) throws Exception {
    try (Stream<Path> files = Files.list(taken.folder().resolve("target").resolve(folder))) {
      return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".txt")).toList();
    }
  }

  @Test
  void its_tests_have_run_there() throws Exception {
    assertThat(reports("surefire-reports"))
        .contains(Taken.PACKAGE + ".OpenApiTest.txt", Taken.PACKAGE + ".StatelessTest.txt");
    assertThat(reports("failsafe-reports")).contains(Taken.PACKAGE + ".OriginReportIT.txt");
  }

  @Test
  void what_is_kept_is_there_and_the_script_is_not() {
    assertThat(asTaken).extracting(file -> taken.folder().relativize(file).toString())
        .contains("pom.xml", "run", "README.md", "openapi.json", ".gitignore").doesNotContain("take-away");
    assertThat(taken.folder().resolve("run")).isExecutable();
  }

  @Test
  void nothing_in_it_has_a_name_of_the_starter() throws Exception {
    List<String> left = new ArrayList<>();
    for (Path file : asTaken) {
      // But for the class of this name, which is no name of a service.
      Files.readAllLines(file).stream().map(line -> line.replaceAll("\\b(Dagger)?Starter\\b", ""))
          .filter(line -> line.toLowerCase(Locale.ROOT).contains("starter"))
          .forEach(line -> left.add(file + ": " + line));
    }
    assertThat(left).isEmpty();
  }

  @Test
  void building_it_changes_none_of_its_files() throws Exception {
    assertThat(taken.files()).isEqualTo(asTaken);
  }

  @ParameterizedTest
  @ValueSource(strings = {"accounts", "catalog", "feed", "orders", "page"})
  void without_a_feature_and_its_line_the_rest_compiles(String feature, @TempDir Path classes) throws Exception {
    Features features = new Features(taken);
    assertThat(features.linesOf(feature)).as("the import of the module, and its line in the list").hasSize(2);
    assertThat(features.compiledWithout(feature, classes)).isEmpty();
  }

  @Test
  void every_package_is_tried_but_the_one_that_all_features_ask() throws Exception {
    assertThat(new Features(taken).packages()).containsExactly("access",
        "accounts", "catalog", "feed", "orders", "page");
  }

  @Test
  void without_a_feature_the_cluster_starts_and_answers(@TempDir Path classes) throws Exception {
    assertThat(new Features(taken).compiledWithout("orders", classes)).isEmpty();
    List<Path> classPath = new ArrayList<>(List.of(classes, taken.folder().resolve("src/main/resources")));
    classPath.addAll(taken.libraries());

    String java = ProcessHandle.current().info().command().orElseThrow();
    Command smoke = Command.run(taken.folder(), List.of(java, "-cp",
        String.join(":", classPath.stream().map(Path::toString).toList()), Taken.PACKAGE + ".LocalCluster",
        "--smoke", "--instances", "1"));

    assertThat(smoke.exitCode()).as(smoke.told()).isZero();
    assertThat(smoke.output()).contains("all is well");
  }

  @Test
  void its_start_command_works_there() throws Exception {
    Command run = Command.run(taken.folder(), List.of("./run", FULL ? "--smoke" : "--jdk"));
    assertThat(run.exitCode()).as(run.told()).isZero();
    assertThat(run.output()).doesNotContain("Building what is missing");
  }
}
