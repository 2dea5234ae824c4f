package dev.scalable.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.net.httpserver.HttpServer;
import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult.Status;

/** On a cluster of which hardly anything is known: one that runs already. */
class RequiresCapabilityTest {
  private static HttpServer server;

  @BeforeAll static void a_server_runs() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      exchange.getResponseHeaders().add("X-Instance-Id", "app-1");
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    });
    server.start();
  }

  @AfterAll static void it_ends() {
    server.stop(0);
  }

  @Test void a_test_that_needs_more_is_counted_as_skipped_and_says_what_is_missing_where_and_why() {
    Launched launched = Launched.run(SomeNeedMore.class);
    assertThat(launched.ended(Status.SUCCESSFUL)).contains("needs_nothing", "needs_what_is_not_there_twice");
    assertThat(launched.ended(Status.FAILED)).isEmpty();
    assertThat(launched.skipped()).containsOnlyKeys("pauses", "kills_and_pauses", "kills_one_of", "inside");
    assertThat(launched.skipped().get("pauses"))
        .startsWith("not run: it needs the capability \"pause\", which this cluster does not have.")
        .contains(" Its backend is external (")
        .contains("the app runs already");
    assertThat(launched.skipped().get("kills_and_pauses")).contains("the capabilities \"kill\", \"pause\"");
    assertThat(launched.skipped().get("inside")).contains("\"redis\"");
    assertThat(launched.entries()).containsEntry("not run", "4");
    assertThat(Path.of(launched.entries().get("report"))).content()
        .contains("4 of its tests").contains("pauses: not run: it needs the capability");
  }

  @Test void on_a_class_it_counts_for_each_of_its_tests_of_its_superclasses_too() {
    Launched launched = Launched.run(AllNeedMore.class);
    assertThat(launched.skipped()).containsOnlyKeys("one", "another");
    assertThat(launched.skipped().values()).allMatch(reason -> reason.contains("\"restart\""));
  }

  @Test void without_a_cluster_it_is_a_mistake() {
    assertThat(Launched.run(NoCluster.class).failure("pauses")).rootCause()
        .hasMessage(NoCluster.class.getName() + " has no @ClusterTest, so there is no cluster");
  }

  /** The server above. */
  public static final class Running implements Supplier<AppSpec> {
    @Override
    public AppSpec get() {
      URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
      return AppSpec.running(uri).instanceAt("app-1", uri).instanceHeader("X-Instance-Id");
    }
  }

  @ClusterTest(appSpec = Running.class, backend = Backend.AUTO)
  static final class SomeNeedMore {
    @Test void needs_nothing(Cluster cluster) {
      assertThat(cluster.capabilities()).doesNotContain(Capability.PAUSE);
    }

    @Test
    @RequiresCapability(Capability.PAUSE)
    void pauses() {
      fail("it was run");
    }

    @Test
    @RequiresCapability({Capability.PAUSE, Capability.KILL})
    void kills_and_pauses() {
      fail("it was run");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @RequiresCapability(Capability.KILL)
    void kills_one_of(int number) {
      fail("it was run for " + number);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void needs_what_is_not_there_twice(int number) {
      assertThat(number).isPositive();
    }

    @Nested
    @RequiresCapability(Capability.REDIS)
    class Inside {
      @Test void inside() {
        fail("it was run");
      }
    }
  }

  @RequiresCapability(Capability.RESTART)
  abstract static class Base {
    @Test void one() {
      fail("it was run");
    }
  }

  @ClusterTest(appSpec = Running.class)
  static final class AllNeedMore extends Base {
    @Test void another() {
      fail("it was run");
    }
  }

  static final class NoCluster {
    @Test
    @RequiresCapability(Capability.PAUSE)
    void pauses() {
      fail("it was run");
    }
  }
}
