package dev.scalable.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.scalable.testkit.backend.BackendProvider;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Environment;
import dev.scalable.testkit.backend.Launch;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.Place;
import dev.scalable.testkit.backend.Program;
import dev.scalable.testkit.local.LocalBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose answer makes a node ready. */
class ReadinessTest {
  private final Environment environment = new LocalBackend().open(
      new BackendProvider.Request(new Program.MainClass("none"), false, false, Map.of(), System.out::println));

  @AfterEach
  void end() {
    environment.close();
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
  void a_node_that_has_ended_is_not_ready_whatever_else_holds() {
    Launch command = new Launch("node", new Program.Command(List.of("true")), List.of(), List.of(), Map.of());
    Node node = environment.launch(environment.place(1), command);
    assertThat(node.endsWithin(Tiny.LIMIT)).isTrue();
    assertThatThrownBy(() -> node.awaitUntil(() -> "answering", () -> true, Tiny.LIMIT))
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("node ended with exit code 0 before it was answering");
  }

  private Instance instance(int port) {
    AppSpec app = AppSpec.mainClass(TinyApp.class);
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    Place place = new Place(1, "app-1", URI.create("http://127.0.0.1:" + port), "127.0.0.1", port, address);
    Variables variables = Variables.of(1, Stores.direct(null, null));
    return new Instance(place, environment, each -> app.launch(each.id(), variables.with(each.id(), each.host(), each.port())), app,
        new Faults(environment.capabilities(), "local"));
  }
}
