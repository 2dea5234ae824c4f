package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.http.Response;
import dev.scalable.http.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of connections when there are more of them than the server takes. */
class ConnectionLimitTest {

  private static final int MOST = 5;
  private static final Duration A_WHILE = Duration.ofMillis(300);

  private final Route quick = Route.get("/quick", r -> Response.text("quick"));

  private TestServer server() {
    return TestServer.start(TestServer.settings(TestServer.threads(),
        "SCALABLE_HTTP_MAX_CONNECTIONS", String.valueOf(MOST)), Set.of(quick));
  }

  private static List<Wire> open(TestServer server, int connections) throws Exception {
    List<Wire> open = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      open.add(server.connect());
    }
    return open;
  }

  private static void close(List<Wire> wires) throws Exception {
    for (Wire wire : wires) {
      wire.close();
    }
  }

  @Test
  void a_connection_beyond_the_limit_waits_for_one_to_end_while_the_others_are_served() throws Exception {
    List<Wire> open = new ArrayList<>();
    try (TestServer server = server()) {
      open.addAll(open(server, MOST));
      for (Wire wire : open) {
        assertThat(wire.ask(get("/quick")).status()).isEqualTo(200);
      }
      List<Wire> late = open(server, 2);
      open.addAll(late);
      for (Wire wire : late) {
        wire.send(get("/quick"));
        assertThat(wire.answersWithin(A_WHILE)).isFalse();
      }
      assertThat(open.getFirst().ask(get("/quick")).body()).isEqualTo("quick");
      assertThat(server.openConnections()).isEqualTo(MOST);

      open.get(1).close();
      open.get(2).close();

      for (Wire wire : late) {
        assertThat(wire.answer().body()).isEqualTo("quick");
      }
      assertThat(server.openConnections()).isEqualTo(MOST);
    } finally {
      close(open);
    }
  }

  @Test
  void silent_connections_count_and_those_that_wait_are_let_in_when_they_go() throws Exception {
    List<Wire> silent = new ArrayList<>();
    try (TestServer server = server()) {
      silent.addAll(open(server, MOST));
      await().until(() -> server.openConnections() == MOST);
      try (Wire late = server.connect()) {
        late.send(get("/quick"));
        assertThat(late.answersWithin(A_WHILE)).isFalse();
        close(silent);
        assertThat(late.answer().body()).isEqualTo("quick");
      }
    } finally {
      close(silent);
    }
  }

  @Test
  void a_drain_answers_those_that_wait_as_well() throws Exception {
    List<Wire> open = new ArrayList<>();
    TestServer server = server();
    try {
      open.addAll(open(server, MOST));
      for (Wire wire : open) {
        wire.ask(get("/quick"));
      }
      List<Wire> late = open(server, 300);
      open.addAll(late);
      for (Wire wire : late) {
        wire.send(get("/quick"));
      }
      assertThat(late.getFirst().answersWithin(A_WHILE)).isFalse();

      FutureTask<Void> stop = new FutureTask<>(() -> {
        server.close();
        return null;
      });
      Thread.ofPlatform().start(stop);

      for (Wire wire : late) {
        // What was accepted before the drain had begun to end connections may be kept open.
        assertThat(wire.answer().body()).isEqualTo("quick");
      }
      close(open);
      stop.get();
    } finally {
      close(open);
    }
  }

  @ParameterizedTest
  @CsvSource({"16384, 20000, 16384", "16384, 16640, 16384", "16384, 16639, 16383", "16384, 1024, 768", "16384, 400, 200",
      "100, 300, 100", "16384, -1, 16384"})
  void no_more_connections_are_taken_than_the_system_has_descriptors_for(int asked, long descriptors, int taken) {
    assertThat(FileDescriptors.limit(asked, descriptors)).isEqualTo(taken);
  }
}
