package dev.scalable.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.TinyApp;
import dev.scalable.testkit.run.Folders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.opentest4j.TestAbortedException;

/** What a person finds in the report of a failed test. */
class ClusterTestFailureTest {
  private static final List<Path> RUNS = new ArrayList<>();

  @AfterEach
  void delete_what_was_kept() {
    RUNS.forEach(Folders::delete);
    RUNS.clear();
  }

  @Test
  void a_failure_carries_the_last_fifty_lines_of_each_node_and_names_the_run_directory_that_is_kept() {
    Launched launched = Launched.run(FailsOnce.class);

    Throwable failure = launched.failure("fails");
    assertThat(failure).hasMessage("on purpose");
    assertThat(failure.getSuppressed()).singleElement().satisfies(nodes -> assertThat(nodes)
        .hasMessageContaining("is kept in " + RUNS.get(0))
        .hasMessageContaining("app-1.log ---\nline 52\n")
        .hasMessageContaining("\nline 99\nflag ")
        .hasMessageContaining("database system is ready to accept connections")
        .hasMessageContaining("redis.log ---")
        .hasMessageContaining("error.log ---"));
    assertThat(RUNS.get(0).resolve("logs/app-1.log")).exists();

    assertThat(launched.failure("aborts"))
        .isInstanceOf(TestAbortedException.class).hasNoSuppressedExceptions();
    assertThat(launched.ended(Status.SUCCESSFUL)).contains("passes");
  }

  @Test
  void nothing_is_kept_when_no_test_fails() {
    assertThat(Launched.run(Passes.class).ended(Status.SUCCESSFUL)).contains("passes");
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
}
