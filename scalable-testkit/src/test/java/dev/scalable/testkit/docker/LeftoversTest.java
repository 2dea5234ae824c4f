package dev.scalable.testkit.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.DockerClient;
import dev.scalable.testkit.backend.BackendProvider;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.backend.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No container and no network is left behind, whatever way a JVM ends. */
class LeftoversTest {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @BeforeEach
  void needsAnEngine() {
    Optional<String> obstacle = new DockerBackend().obstacle(
        new BackendProvider.Request(new Program.MainClass("none"), false, false, Map.of(), System.out::println));
    boolean required = "docker".equals(System.getenv("SCALABLE_TESTKIT_REQUIRE"));
    assumeTrue(required || obstacle.isEmpty(), () -> obstacle.orElse(""));
  }

  @Test void what_a_killed_jvm_left_is_removed_by_the_next_and_a_jvm_that_is_told_to_end_leaves_nothing(
      @TempDir Path folder) throws IOException, InterruptedException {
    DockerClient client = Engine.connect().client();
    String killed;
    try (Holder holder = Holder.start(folder, "first")) {
      killed = holder.awaitRun();
      holder.process.destroyForcibly().waitFor();
    }
    assertThat(everythingOf(client, killed)).as("a place, a Redis and a network").hasSizeGreaterThanOrEqualTo(3);
    try (Holder holder = Holder.start(folder, "second")) {
      String next = holder.awaitRun();
      assertThat(everythingOf(client, killed)).isEmpty();
      assertThat(everythingOf(client, next)).hasSizeGreaterThanOrEqualTo(3);
      holder.process.destroy();
      holder.process.waitFor();
      assertThat(everythingOf(client, next)).isEmpty();
    }
  }

  /** The names of the containers and networks of a run. */
  private static List<String> everythingOf(DockerClient client, String run) {
    String label = "dev.scalable.testkit.run=" + run;
    return Stream.concat(
        client.listContainersCmd().withShowAll(true).withLabelFilter(List.of(label)).exec().stream()
            .map(container -> container.getNames()[0]),
        client.listNetworksCmd().withFilter("label", List.of(label)).exec().stream()
            .map(network -> String.valueOf(network.getName()))).toList();
  }

  /** Another JVM that runs {@link ContainersMain}. */
  private record Holder(Process process, NodeLog log) implements AutoCloseable {
    static Holder start(Path folder, String name) throws IOException {
      NodeLog log = new NodeLog(folder.resolve(name + ".log"));
      Path temporary = Files.createDirectories(folder.resolve("temporary"));
      Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-Djava.io.tmpdir=" + temporary, "-cp", System.getProperty("java.class.path"),
          ContainersMain.class.getName())
          .redirectErrorStream(true).redirectOutput(log.path().toFile()).start();
      return new Holder(process, log);
    }

    /** The id of its run, when it has its containers. */
    String awaitRun() {
      return Awaitility.await().atMost(LIMIT)
          .until(this::run, Optional::isPresent)
          .orElseThrow();
    }

    private Optional<String> run() {
      assertThat(process.isAlive()).as("it runs; it has printed " + log.lines()).isTrue();
      return log.lines().stream().filter(line -> line.startsWith(ContainersMain.READY))
          .map(line -> line.substring(ContainersMain.READY.length())).findFirst();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
