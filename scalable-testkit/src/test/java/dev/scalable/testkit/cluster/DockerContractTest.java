package dev.scalable.testkit.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.backend.BackendProvider;
import dev.scalable.testkit.backend.Program;
import dev.scalable.testkit.docker.DockerBackend;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;

/**
 * The contract of the backends, held by containers. Where there is no engine or no image it is counted as not run, and
 * says why; where the environment requires containers it fails.
 */
class DockerContractTest extends BackendContract {
  DockerContractTest() {
    super(Backend.DOCKER);
  }

  @BeforeAll
  @Override
  void start() {
    Docker.assumeUsable();
    super.start();
  }

  /** Whether tests with containers can run here. */
  static final class Docker {
    private Docker() {}

    static void assumeUsable() {
      Optional<String> obstacle = new DockerBackend().obstacle(
          new BackendProvider.Request(new Program.MainClass("any"), false, false, Map.of(), System.out::println));
      boolean required = Backend.DOCKER.toString().equals(System.getenv(BackendChoice.REQUIRE));
      assumeTrue(required || obstacle.isEmpty(), () -> obstacle.orElse(""));
    }
  }
}
