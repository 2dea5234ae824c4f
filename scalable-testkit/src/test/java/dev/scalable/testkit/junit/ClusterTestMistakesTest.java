package dev.scalable.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What is said wrong in annotations is told before anything is started, and all of it. */
class ClusterTestMistakesTest {
  @Test void all_mistakes_of_a_class_are_told_at_once() {
    Throwable failure = Launched.run(Wrong.class).failure("ClusterTestMistakesTest$Wrong");
    assertThat(failure).isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the @ClusterTest of " + Wrong.class.getName() + " cannot be:\n- ")
        .hasMessageContaining("\n- env needs NAME=value, not \"nonsense\"")
        .hasMessageContaining("\n- instances must be at least 1, not 0")
        .hasMessageContaining("\n- unknown variable ${PRT} in \"${PRT}\"")
        .hasMessageContaining("\n- keep names tables, and without reset = true no table is emptied")
        .hasMessageContaining("\n- expectErrors has \"(\", which is no regular expression: Unclosed group")
        .hasMessageContaining("\n- @ExpectErrors of expects_nonsense has \"[\", which is no regular expression")
        .hasMessageContaining("\n- @ExpectErrors of expects_nothing names no pattern")
        .hasMessageContaining("\n- @RequiresCapability of needs_nothing names no capability");
    assertThat(failure.getSuppressed()).isEmpty();
  }

  @Test void the_app_is_said_once() {
    assertThat(Launched.run(NoApp.class).failure("ClusterTestMistakesTest$NoApp"))
        .hasMessageContaining("nothing says what the app is: use app, or appSpec")
        .hasMessageNotContaining("app(AppSpec)");
    assertThat(Launched.run(TwoApps.class).failure("ClusterTestMistakesTest$TwoApps"))
        .hasMessageContaining("app and appSpec both say what the app is");
    assertThat(Launched.run(Unmade.class).failure("ClusterTestMistakesTest$Unmade"))
        .hasMessageContaining("appSpec: " + Unmakeable.class.getName() + " gives no app, or is not a class with a")
        .hasMessageContaining("on purpose");
  }

  @Test void a_nested_class_has_no_cluster_of_its_own() {
    assertThat(Launched.run(Outer.class).failure("Inner"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Inner has a @ClusterTest inside of that of " + Outer.class.getName());
  }

  @ClusterTest(app = TroubleApp.class, instances = 0, env = {"nonsense", "A=${PRT}"}, keep = "flags",
      expectErrors = "(")
  static final class Wrong {
    @Test void runs(Cluster cluster) {
      fail("it was run on " + cluster);
    }

    @Nested class Inside {
      @Test
      @ExpectErrors({"", "["})
      void expects_nonsense() {
        fail("it was run");
      }

      @Test
      @ExpectErrors({})
      @RequiresCapability({})
      void needs_nothing() {
        fail("it was run");
      }

      @Test
      @ExpectErrors({})
      void expects_nothing() {
        fail("it was run");
      }
    }
  }

  @ClusterTest
  static final class NoApp {
    @Test void runs() {
      fail("it was run");
    }
  }

  @ClusterTest(app = TroubleApp.class, appSpec = TroubleApp.Spec.class)
  static final class TwoApps {
    @Test void runs() {
      fail("it was run");
    }
  }

  /** Fails. */
  public static final class Unmakeable implements Supplier<AppSpec> {
    @Override
    public AppSpec get() {
      throw new IllegalStateException("on purpose");
    }
  }

  @ClusterTest(appSpec = Unmakeable.class)
  static final class Unmade {
    @Test void runs() {
      fail("it was run");
    }
  }

  @ClusterTest(appSpec = TroubleApp.Spec.class, instances = 1)
  static final class Outer {
    @Nested
    @ClusterTest(appSpec = TroubleApp.Spec.class)
    class Inner {
      @Test void runs() {
        fail("it was run");
      }
    }
  }
}
