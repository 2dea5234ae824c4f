package dev.scalable.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose answer makes a node ready. */
class ReadinessTest {
  private final RunDirectory run = RunDirectory.create(false);
  private final Reaper reaper = Reaper.watch(run, Reaper.PostgresStop.FAST);
  private final NodeLauncher launcher = new NodeLauncher(run);

  @AfterEach
  void end() {
    reaper.close();
  }

  @Test
  void what_a_stranger_answers_on_its_port_does_not_make_an_instance_ready() throws IOException {
    HttpServer stranger = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    stranger.createContext("/", exchange -> {
      exchange.getResponseHeaders().add("X-Tiny", "app-7");
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    });
    stranger.start();
    try {
      Instance instance = instance(stranger.getAddress().getPort());
      Node node = instance.launch();
      assertThatThrownBy(instance::awaitReady)
          .isInstanceOf(ClusterException.class)
          .hasMessageContaining("app-1 ended with exit code 1 before it was ready at " + instance.uri())
          .hasMessageContaining("X-Tiny: app-1 (last answer: status 200 with app-7)");
      assertThat(node.foundItsPortInUse()).as("so that it is given another").isTrue();
    } finally {
      stranger.stop(0);
    }
  }

  @Test
  void a_node_that_has_ended_is_not_ready_whatever_else_holds() throws InterruptedException {
    Node node = launcher.launch(NodeLauncher.Role.APP, "node", List.of("true"), Map.of());
    node.process().waitFor();
    assertThatThrownBy(() -> node.awaitUntil("answering", () -> true, Tiny.LIMIT))
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("node ended with exit code 0 before it was answering");
  }

  private Instance instance(int port) {
    AppSpec app = AppSpec.mainClass(TinyApp.class);
    PostgresNode noPostgres = new PostgresNode(1, run.log("postgres"));
    AppLauncher apps = new AppLauncher(launcher, app, 1, noPostgres, new RedisNode(1, run.log("redis")));
    return new Instance(1, port, apps, app, run.log("app-1"));
  }
}
