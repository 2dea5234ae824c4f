package dev.scalable.testkit.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.backend.BackendProvider;
import dev.scalable.testkit.backend.Program;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said, and how soon, where there is no engine to use. */
class EngineSocketTest {
  @Test void an_engine_that_is_not_there_is_told_with_its_address() {
    assertThat(EngineSocket.obstacle(Map.of("DOCKER_HOST", "unix:///nowhere/docker.sock")))
        .hasValueSatisfying(why -> assertThat(why)
            .startsWith("no container engine answers at DOCKER_HOST=unix:///nowhere/docker.sock: "));
  }

  @Test void an_address_that_is_none_is_told() {
    assertThat(EngineSocket.obstacle(Map.of("DOCKER_HOST", "not an address")))
        .hasValueSatisfying(why -> assertThat(why)
            .startsWith("DOCKER_HOST is \"not an address\", which is no address"));
  }

  @Test void an_engine_that_hangs_is_given_up_soon(@TempDir Path folder) throws IOException {
    Path socket = folder.resolve("docker.sock");
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(UnixDomainSocketAddress.of(socket));
      long begin = System.nanoTime();
      Optional<String> obstacle = EngineSocket.obstacle(Map.of("DOCKER_HOST", "unix://" + socket));
      assertThat(obstacle).hasValueSatisfying(why -> assertThat(why).contains("it took longer than 500 ms"));
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    }
  }

  @Test void a_command_of_this_machine_is_refused_without_asking_an_engine() {
    Program command = new Program.Command(List.of("node", "server.js"));
    assertThat(new DockerBackend().obstacle(
        new BackendProvider.Request(command, false, false, Map.of(), System.out::println)))
        .hasValueSatisfying(why -> assertThat(why).contains("the command node server.js of this machine"));
  }
}
