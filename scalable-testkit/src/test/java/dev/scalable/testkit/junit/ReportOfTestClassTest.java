package dev.scalable.testkit.junit;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.report.Report;
import dev.scalable.testkit.run.Folders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.reporting.FileEntry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The report that each class of cluster tests gets without asking for it. */
class ReportOfTestClassTest {
  private static final List<Path> PAGES = new ArrayList<>();
  private static final List<Path> RUNS = new ArrayList<>();
  private static Launched launched;
  private static JsonNode json;

  @BeforeAll static void run_a_class() {
    launched = Launched.run(Reported.class);
    json = new ObjectMapper().readTree(PAGES.get(0).resolveSibling("report.json").toFile());
  }

  @AfterAll static void clear_away() {
    RUNS.forEach(Folders::delete);
  }

  @Test void it_has_the_verdict_of_every_test_under_its_name() {
    assertThat(json.get("tests").valueStream()
            .map(test -> test.get("name").asString() + " " + test.get("verdict").asString()).sorted())
        .containsExactly("BeginsBadly: (the class itself) FAIL", "EndsBadly: (the class itself) FAIL",
            "EndsBadly: does well PASS", "GivesUp: (the class itself) INCONCLUSIVE",
            "Inside: is of the same class PASS", "a chosen name PASS", "answers well PASS", "fails FAIL",
            "gives up INCONCLUSIVE", "once for each: number 1 PASS");
    assertThat(json.get("tests").valueStream().map(test -> test.path("message").asString("")))
        .contains("the machine was busy", "nothing can be tried", "something was left behind", "the machine is busy");
  }

  @Test void it_has_every_load_on_the_cluster_with_the_test_that_it_belongs_to() {
    assertThat(json.get("runs").valueStream().map(run -> run.get("name").asString() + " of "
            + run.path("test").asString("")))
        .containsExactlyInAnyOrder("before all of ", "good of answers well", "bad of fails");
  }

  @Test void a_failed_assertion_on_a_load_names_its_path() {
    assertThat(launched.failure("fails")).hasMessageContaining("report " + PAGES.get(0));
  }

  @Test void what_else_fails_names_it_beside() {
    assertThat(launched.failure("fails").getSuppressed()).singleElement()
        .satisfies(beside -> assertThat(beside).hasMessageContaining("the report will be at " + PAGES.get(0)));
  }

  @Test void logs_and_the_configuration_of_nginx_are_attached() {
    Path files = PAGES.get(0).resolveSibling("files");
    assertThat(files.resolve("logs/app-1.log")).isRegularFile();
    assertThat(files.resolve("logs/postgres.log")).isNotEmptyFile();
    assertThat(files.resolve("logs/access.log")).content().as("the last request too").contains("/last");
    assertThat(files.resolve("nginx")).isDirectoryRecursivelyContaining("glob:**/nginx.conf");
  }

  @Test void it_tells_what_was_not_run_and_where_all_was() {
    assertThat(PAGES.get(0)).content().contains("not today").contains("backend").contains("local");
    assertThat(launched.entries()).containsEntry("not run", "1").containsEntry("report", PAGES.get(0).toString())
        .containsEntry("verdict", "FAIL");
  }

  @Test void its_head_names_the_backend_in_one_word_and_says_the_rest_below() {
    assertThat(json.get("facts").get("backend").asString()).startsWith("local\n(").contains("nginx");
    assertThat(PAGES.get(0)).content().contains("<dt>backend</dt><dd>local</dd>").contains("backend: (");
  }

  @Test void its_head_tells_what_the_machine_could_do_before_and_after_and_their_ratio() {
    assertThat(json.get("facts").get("calibration").asString())
        .containsPattern("\\A\\d+/s before, \\d+/s after, ratio \\d+\\.\\d\\d\n")
        .containsPattern("\ncalibration .* before the first load, calibration .* after the last load that was judged");
  }

  @Test void junit_is_given_the_page_and_the_json() {
    assertThat(launched.files()).extracting(file -> file.getPath().getFileName().toString())
        .containsExactlyInAnyOrder("report.html", "report.json");
    assertThat(launched.files()).extracting(FileEntry::getPath).allSatisfy(file -> assertThat(file).isNotEmptyFile());
  }

  @Test void all_tests_of_the_class_got_the_same_report() {
    assertThat(PAGES.stream().distinct()).hasSize(1);
    assertThat(launched.ended(Status.SUCCESSFUL)).contains("answers_well", "a chosen name", "is_of_the_same_class");
  }

  /** Nested and static, so that only the tests above run it. */
  @ClusterTest(app = TroubleApp.class, instances = 1)
  static final class Reported {
    @BeforeAll static void before_all(Cluster cluster) {
      cluster.load().name("before all").get("/").closed(users(1), iterations(1)).run();
    }

    @Test void answers_well(Cluster cluster, Report report) {
      PAGES.add(report.path());
      LoadResult result = cluster.load().name("good").get("/").closed(users(2), iterations(5)).run();
      assertThat(result).allSucceeded();
      assertThat(result.calibrationAfterwards()).as("what a statement relative to the machine asks for").isPresent();
    }

    @Test
    @DisplayName("a chosen name")
    void has_another_name(Report report) {
      PAGES.add(report.path());
    }

    @ParameterizedTest(name = "number {0}")
    @ValueSource(ints = 1)
    void once_for_each(int number) {
      assertThat(number).isEqualTo(1);
    }

    @Test void fails(Cluster cluster) {
      RUNS.add(cluster.runDirectory());
      assertThat(cluster.load().name("bad").get("/error").closed(users(1), iterations(3)).run()).allSucceeded();
    }

    @Test void gives_up() {
      abort("the machine was busy");
    }

    @Test
    @Disabled("not today")
    void is_not_run() {
      fail("it was run");
    }

    @Nested class BeginsBadly {
      @BeforeAll static void fails() {
        fail("nothing can be tried");
      }

      @Test void is_never_reached() {}
    }

    @Nested class EndsBadly {
      @Test void does_well() {}

      @AfterAll static void fails() {
        fail("something was left behind");
      }
    }

    @Nested class GivesUp {
      @BeforeAll static void gives_up() {
        abort("the machine is busy");
      }

      @Test void is_never_reached() {}
    }

    @Nested class Inside {
      @Test void is_of_the_same_class(Cluster cluster, Report report) {
        PAGES.add(report.path());
        TroubleApp.ask(cluster.uri(), "/last");
      }
    }
  }
}
