package dev.scalable.testkit.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.run.Run;
import dev.scalable.testkit.run.WorkFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.shaded.com.github.dockerjava.core.DefaultDockerClientConfig;
import org.testcontainers.shaded.com.github.dockerjava.core.DockerClientImpl;

/**
 * The removal of containers by an engine that ends a connection instead of answering, of which its client makes a plain
 * RuntimeException. The client is the true one; the engine is a few answers of its HTTP interface.
 */
class EngineThatBreaksOffTest {
  private static final String RUN_THAT_IS_OVER = "no-such-run";

  private final Set<String> removed = ConcurrentHashMap.newKeySet();
  private final Set<String> brokenOff = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private DockerClient client;
  private Engine engine;

  @BeforeEach void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    DefaultDockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder()
        .withDockerHost("tcp://127.0.0.1:" + server.getAddress().getPort()).withDockerTlsVerify(false).build();
    client = DockerClientImpl.getInstance(
        config, new ZerodepDockerHttpClient.Builder().dockerHost(config.getDockerHost()).build());
    engine = new Engine(client, "20", "1.41", "here", true);
  }

  @AfterEach void stop() throws IOException {
    client.close();
    server.stop(0);
    threads.shutdown();
  }

  @Test void what_dead_jvms_left_is_removed_all_but_that() {
    brokenOff.add("/containers/b");
    Leftovers.remove(engine);
    assertThat(removed).containsExactlyInAnyOrder("/containers/a", "/containers/c", "/networks/n");
  }

  @Test void networks_are_removed_though_containers_cannot_be_listed() {
    brokenOff.add("/containers/json");
    Leftovers.remove(engine);
    assertThat(removed).containsExactly("/networks/n");
  }

  @Test void the_end_of_a_run_removes_all_others_and_the_network_and_names_what_stayed() {
    brokenOff.add("/containers/b");
    Run run = Run.begin(false, false);
    try {
      Room room = Room.open(engine, run);
      assertThatThrownBy(room::close)
          .isInstanceOf(ClusterException.class)
          .hasMessageContaining("these of the run " + run.id() + " were not removed")
          .hasMessageContaining("- container b: ")
          .hasMessageNotContainingAny("container a", "container c", "- network");
      assertThat(removed).containsExactlyInAnyOrder("/containers/a", "/containers/c", "/networks/" + run.id());
    } finally {
      run.close();
    }
  }

  @Test void a_network_that_stays_is_named_too() {
    Run run = Run.begin(false, false);
    brokenOff.add("/networks/" + run.id());
    try {
      assertThatThrownBy(Room.open(engine, run)::close).hasMessageContaining("- network " + run.id() + ": ");
      assertThat(removed).contains("/containers/a", "/containers/b", "/containers/c");
    } finally {
      run.close();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = path(exchange.getRequestURI());
    if (brokenOff.contains(path)) {
      exchange.close();
      return;
    }
    if (exchange.getRequestMethod().equals("DELETE")) {
      removed.add(path);
    }
    String labels = "{\"dev.scalable.testkit.run\":\"" + RUN_THAT_IS_OVER + "\",\"dev.scalable.testkit.folder\":\"here:"
        + WorkFolder.path() + "\"}";
    switch (path) {
      case "/containers/json" -> answer(exchange, 200, Stream.of("a", "b", "c")
          .map(id -> "{\"Id\":\"" + id + "\",\"Labels\":" + labels + "}")
          .collect(Collectors.joining(",", "[", "]")));
      case "/networks" -> answer(exchange, 200, "[{\"Id\":\"n\",\"Name\":\"n\",\"Labels\":" + labels + "}]");
      case "/networks/create" -> answer(exchange, 201, "{\"Id\":\"n\"}");
      default -> answer(exchange, 204, "");
    }
  }

  /** Without the version of the interface. */
  private static String path(URI uri) {
    return List.of(uri.getPath().split("/")).stream()
        .filter(part -> !part.isEmpty() && !part.matches("v[0-9.]+"))
        .collect(Collectors.joining("/", "/", ""));
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
