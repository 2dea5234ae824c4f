package dev.scalable.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.run.Folders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult.Status;

/** What must hold after every test, and fails one that did not even look. */
class InvariantsTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final List<Long> SPAWNED = new CopyOnWriteArrayList<>();
  private static final List<Path> RUNS = new CopyOnWriteArrayList<>();
  private static Launched launched;

  @BeforeAll static void run_them_all() {
    launched = Launched.run(Troubled.class);
  }

  @AfterAll static void clear_away() {
    SPAWNED.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    RUNS.forEach(Folders::delete);
  }

  @Test void a_test_that_harms_nobody_passes() {
    assertThat(launched.ended(Status.SUCCESSFUL)).contains("does_nothing");
  }

  @Test void an_instance_that_ends_by_itself_fails_the_test_with_what_it_printed() {
    assertThat(launched.failure("an_instance_exits")).isInstanceOf(AssertionError.class)
        .hasMessageContaining("app-1 ended by itself: the test did not kill or terminate it")
        .hasMessageContaining("--- last lines of app-1.log ---")
        .hasMessageContaining("report.html");
    assertThat(launched.failure("an_instance_exits").getSuppressed()).singleElement()
        .isInstanceOf(NodesAtFailure.class);
  }

  @Test void so_does_one_that_was_started_again_meanwhile() {
    assertThat(launched.failure("an_instance_exits_and_is_started"))
        .hasMessageContaining("app-1 ended by itself, and was started again")
        .hasMessageContaining("[starting, ready]");
  }

  @Test void an_instance_that_ends_after_its_restart_is_not_excused_by_the_kill_before() {
    assertThat(launched.failure("an_instance_exits_after_a_restart"))
        .hasMessageContaining("app-1 ended by itself").hasMessageContaining("[killed, starting, ready]");
  }

  @Test void what_a_test_ends_itself_in_whatever_way_it_says_so_is_no_failure() {
    assertThat(launched.ended(Status.SUCCESSFUL))
        .contains("kills_and_terminates", "ends_an_instance_in_its_own_way_and_says_so");
  }

  @Test void an_instance_that_is_left_paused_fails_the_test() {
    assertThat(launched.failure("leaves_an_instance_paused"))
        .hasMessageContaining("app-2 was left paused").hasMessageNotContaining("app-1 ");
    assertThat(launched.ended(Status.SUCCESSFUL)).contains("pauses_and_resumes");
  }

  @Test void a_process_that_outlives_its_instance_fails_the_test() {
    assertThat(launched.failure("leaves_a_child_of_a_killed_instance"))
        .hasMessageContaining("process " + SPAWNED.get(0) + " (").hasMessageContaining("sleep 600)")
        .hasMessageContaining("still runs, and the instance that started it does not");
  }

  @Test void an_error_in_a_log_fails_the_test_with_the_line_and_the_name_of_the_node() {
    assertThat(launched.failure("an_instance_prints_an_error"))
        .hasMessageContaining("app-2 printed 2 errors during the test, which no @ExpectErrors allows:"
            + "\n    ERROR one of two\n    SEVERE two of two\n")
        .hasMessageNotContaining("INFO").hasMessageNotContaining("app-1 ");
  }

  @Test void an_error_of_one_test_is_not_held_against_the_next() {
    assertThat(launched.ended(Status.SUCCESSFUL)).contains("does_nothing");
    assertThat(launched.failure("an_instance_exits")).hasMessageNotContaining("printed");
  }

  @Test void errors_that_the_method_or_the_class_expects_are_none_and_others_are() {
    assertThat(launched.ended(Status.SUCCESSFUL)).contains("prints_what_its_annotations_expect");
    assertThat(launched.failure("prints_more_than_expected"))
        .hasMessageContaining("\n    ERROR unforeseen").hasMessageNotContaining("foreseen by");
  }

  @Test void a_fault_excuses_errors_of_instances_but_not_that_memory_ran_out() {
    assertThat(launched.ended(Status.SUCCESSFUL)).contains("prints_an_error_after_a_fault");
    assertThat(launched.failure("runs_out_of_memory_after_a_fault"))
        .hasMessageContaining("app-2 printed an error").hasMessageContaining("\n    java.lang.OutOfMemoryError: heap");
  }

  @Test void a_failure_of_the_test_itself_stays_and_tells_the_rest_beside() {
    assertThat(launched.failure("fails_and_prints_an_error")).hasMessage("its own failure");
    assertThat(launched.failure("fails_and_prints_an_error").getSuppressed()).singleElement().satisfies(beside ->
        assertThat(beside).hasMessageContaining("app-1 printed an error").hasMessageContaining("ERROR beside"));
  }

  @Test void a_test_that_gave_up_fails_all_the_same_if_an_instance_has_ended_by_itself() {
    assertThat(launched.result("an_instance_exits_and_the_test_gives_up").getStatus()).isEqualTo(Status.FAILED);
  }

  /** Nested and static, so that only the tests above run it. */
  @ClusterTest(appSpec = TroubleApp.Spec.class, calibrated = false, expectErrors = "^ERROR foreseen by the class$")
  static final class Troubled {
    private final Cluster cluster;
    private final Instance first;
    private final Instance second;

    Troubled(Cluster cluster) {
      this.cluster = cluster;
      this.first = cluster.instance(1);
      this.second = cluster.instance(2);
      RUNS.add(cluster.runDirectory());
    }

    @Test void does_nothing() {
      assertThat(cluster.instances()).allMatch(Instance::isRunning);
    }

    @Test void an_instance_exits() {
      exit(first);
    }

    @Test void an_instance_exits_and_is_started() {
      exit(first);
      first.start();
    }

    @Test void an_instance_exits_after_a_restart() {
      first.kill();
      first.start();
      exit(first);
    }

    @Test void an_instance_exits_and_the_test_gives_up() {
      exit(first);
      abort("on purpose");
    }

    @Test void kills_and_terminates() {
      first.kill();
      second.terminate(LIMIT);
    }

    @Test void ends_an_instance_in_its_own_way_and_says_so() {
      exit(first);
      cluster.timeline().record(first.id(), "killed");
    }

    @Test void leaves_an_instance_paused() {
      second.pause();
    }

    @Test void pauses_and_resumes() {
      second.pause();
      second.resume();
    }

    @Test void leaves_a_child_of_a_killed_instance() {
      SPAWNED.add(Long.parseLong(TroubleApp.ask(first.uri(), "/spawn")));
      first.kill();
    }

    @Test void an_instance_prints_an_error() {
      print(second, "INFO all is well");
      print(second, "ERROR one of two");
      print(second, "SEVERE two of two");
    }

    @Test
    @ExpectErrors({"never printed", "ERROR foreseen by .* method"})
    void prints_what_its_annotations_expect() {
      print(first, "ERROR foreseen by the method");
      print(first, "ERROR foreseen by the class");
    }

    @Test
    @ExpectErrors("ERROR foreseen")
    void prints_more_than_expected() {
      print(first, "ERROR foreseen by the method");
      print(first, "ERROR unforeseen");
    }

    @Test void prints_an_error_after_a_fault() {
      cluster.redis().flushAll();
      print(first, "ERROR that a fault may cause");
    }

    @Test void runs_out_of_memory_after_a_fault() {
      first.kill();
      print(second, "java.lang.OutOfMemoryError: heap");
    }

    @Test void fails_and_prints_an_error() {
      print(first, "ERROR beside");
      throw new AssertionError("its own failure");
    }

    private static void exit(Instance instance) {
      TroubleApp.ask(instance.uri(), "/exit");
      Awaitility.await().atMost(LIMIT).until(() -> !instance.isRunning());
    }

    private static void print(Instance instance, String line) {
      TroubleApp.ask(instance.uri(), "/print?" + line.replace(" ", "%20"));
    }
  }
}
