package dev.scalable.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.TinyApp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.opentest4j.TestAbortedException;

/** What a person finds in the report of a failed test. */
class ClusterTestFailureTest {
  private static final List<Path> RUNS = new ArrayList<>();

  @AfterEach
  void delete_what_was_kept() throws IOException {
    for (Path run : RUNS) {
      if (Files.exists(run)) {
        try (Stream<Path> all = Files.walk(run)) {
          all.sorted(Comparator.reverseOrder()).forEach(ClusterTestFailureTest::delete);
        }
      }
    }
    RUNS.clear();
  }

  @Test
  void a_failure_carries_the_last_fifty_lines_of_each_node_and_names_the_run_directory_that_is_kept() {
    Map<String, TestExecutionResult> results = run(FailsOnce.class);

    Throwable failure = named("fails(Cluster)", results).getThrowable().orElseThrow();
    assertThat(failure).hasMessage("on purpose");
    assertThat(failure.getSuppressed()).singleElement().satisfies(nodes -> assertThat(nodes)
        .hasMessageContaining("is kept in " + RUNS.get(0))
        .hasMessageContaining("app-1.log ---\nline 52\n")
        .hasMessageContaining("\nline 99\nflag ")
        .hasMessageContaining("database system is ready to accept connections")
        .hasMessageContaining("redis.log ---")
        .hasMessageContaining("error.log ---"));
    assertThat(RUNS.get(0).resolve("logs/app-1.log")).exists();

    assertThat(named("aborts(Cluster)", results).getThrowable().orElseThrow())
        .isInstanceOf(TestAbortedException.class).hasNoSuppressedExceptions();
    assertThat(named("passes(Cluster)", results).getStatus()).isEqualTo(TestExecutionResult.Status.SUCCESSFUL);
  }

  @Test
  void nothing_is_kept_when_no_test_fails() {
    assertThat(named("passes(Cluster)", run(Passes.class)).getStatus())
        .isEqualTo(TestExecutionResult.Status.SUCCESSFUL);
    assertThat(RUNS).hasSize(1).allSatisfy(run -> assertThat(run).doesNotExist());
  }

  /** Nested and static, so that only the test above runs it. */
  @ClusterTest(app = TinyApp.class, instances = 1, args = "chatty")
  static final class FailsOnce {
    @Test
    void passes(Cluster cluster) {
      assertThat(cluster.instances()).hasSize(1);
    }

    @Test
    void aborts(Cluster cluster) {
      abort("on purpose");
    }

    @Test
    void fails(Cluster cluster) {
      RUNS.add(cluster.runDirectory());
      throw new AssertionError("on purpose");
    }
  }

  /** The same, without a failure. */
  @ClusterTest(app = TinyApp.class, instances = 1)
  static final class Passes {
    @Test
    void passes(Cluster cluster) {
      RUNS.add(cluster.runDirectory());
    }
  }

  private static Map<String, TestExecutionResult> run(Class<?> testClass) {
    Map<String, TestExecutionResult> results = new HashMap<>();
    LauncherFactory.create().execute(
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(testClass)).build(),
        new TestExecutionListener() {
          @Override
          public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            results.put(test.getDisplayName(), result);
          }
        });
    return results;
  }

  private static TestExecutionResult named(String test, Map<String, TestExecutionResult> results) {
    return Objects.requireNonNull(results.get(test), () -> test + " is not among " + results.keySet());
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
