package dev.scalable.testkit.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.history.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client speaks HTTP/1.1 as RFC 9112 has it, over one connection, and hides nothing. */
class ClientTest {
  @Test
  void requests_share_one_connection() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")));
        Client client = Client.open(server.uri())) {
      for (int i = 0; i < 50; i++) {
        assertThat(client.send(Call.get("/")).text()).isEqualTo("ok");
      }
      assertThat(server.connections()).isEqualTo(1);
      assertThat(server.requests()).isEqualTo(50);
    }
  }

  @Test
  void a_request_carries_host_content_type_length_and_an_id_of_its_own() throws Exception {
    var requests = new ConcurrentLinkedQueue<TestServer.Request>();
    try (TestServer server = TestServer.start((request, socket) -> {
          requests.add(request);
          return TestServer.always(TestServer.status(204, "")).answer(request, socket);
        });
        Client client = Client.open(server.uri())) {
      client.send(Call.post("/items?x=1", "{\"name\":\"é\"}").header("X-Extra", "1"));
      client.send(Call.get("/"));
      List<TestServer.Request> seen = List.copyOf(requests);
      TestServer.Request post = seen.get(0);
      assertThat(post.head()).startsWith("POST /items?x=1 HTTP/1.1\r\n");
      assertThat(post.header("Host")).isEqualTo("127.0.0.1:" + server.uri().getPort());
      assertThat(post.header("Content-Type")).isEqualTo("application/json");
      assertThat(post.header("Content-Length")).isEqualTo("" + "{\"name\":\"é\"}".getBytes(UTF_8).length);
      assertThat(post.header("X-Extra")).isEqualTo("1");
      assertThat(post.body()).isEqualTo("{\"name\":\"é\"}");
      assertThat(post.header("X-Request-Id")).matches("[A-Za-z0-9._-]{8,64}");
      assertThat(seen.get(1).header("X-Request-Id")).isNotEqualTo(post.header("X-Request-Id"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\nx-a:  2 \r\n\r\nhello",
    "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\nX-A: 2\r\n\r\n3\r\nhel\r\n2;x\r\nlo\r\n0\r\nT: t\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n"
        + "X-A: 1\r\nX-A: 2\r\ncontent-length:5\r\n\r\nhello"
  })
  void a_body_is_read_however_it_is_framed_and_cut_into_segments(String response) throws Exception {
    try (TestServer server = TestServer.start((request, socket) -> {
          for (byte b : response.getBytes(UTF_8)) {
            socket.getOutputStream().write(b);
          }
          return true;
        });
        Client client = Client.open(server.uri())) {
      for (int i = 0; i < 3; i++) {
        Answer answer = client.send(Call.get("/"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("hello");
        assertThat(answer.header("x-A")).contains("1");
        assertThat(answer.headers().get("X-a")).containsExactly("1", "2");
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void a_body_without_length_ends_with_its_connection() throws Exception {
    try (TestServer server = TestServer.start((request, socket) -> {
          socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\nall of it".getBytes(UTF_8));
          return false;
        });
        Client client = Client.open(server.uri())) {
      assertThat(client.send(Call.get("/")).text()).isEqualTo("all of it");
      assertThat(client.send(Call.get("/")).text()).isEqualTo("all of it");
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void answers_that_have_no_body_are_not_waited_for() throws Exception {
    try (TestServer server = TestServer.start((request, socket) -> {
          String status = List.of("200 OK", "204 No Content", "304 Not Modified").get(request.onConnection() - 1);
          socket.getOutputStream().write(("HTTP/1.1 " + status + "\r\nContent-Length: 7\r\n\r\n").getBytes(UTF_8));
          return true;
        });
        Client client = Client.open(server.uri())) {
      assertThat(client.send(Call.of("HEAD", "/")).body()).isEmpty();
      assertThat(client.send(Call.get("/")).body()).isEmpty();
      assertThat(client.send(Call.get("/")).status()).isEqualTo(304);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 200 OK\r\nConnection: Keep-Alive, Close\r\n", "HTTP/1.0 200 OK\r\n"})
  void a_connection_that_the_server_gives_up_is_not_used_again(String head) throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(head + "Content-Length: 2\r\n\r\nok"));
        Client client = Client.open(server.uri())) {
      client.send(Call.get("/"));
      client.send(Call.get("/"));
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void a_connection_that_was_closed_while_idle_is_replaced_before_anything_is_sent() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")));
        Client client = Client.open(server.uri())) {
      for (int i = 1; i <= 5; i++) {
        assertThat(client.send(Call.post("/", "{}")).status()).isEqualTo(200);
        server.closeConnections();
      }
      assertThat(server.requests()).isEqualTo(5);
    }
  }

  @Test
  void a_replaced_connection_is_not_said_to_be_reused() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")));
        Connection connection = new Connection(Target.of(server.uri()))) {
      connection.send(Call.get("/"), "1");
      connection.send(Call.get("/"), "2");
      assertThat(connection.reused()).isTrue();
      server.closeConnections();
      connection.send(Call.get("/"), "3");
      assertThat(connection.reused()).isFalse();
    }
  }

  @Test
  void bytes_that_nobody_asked_for_are_never_taken_for_the_next_answer() throws Exception {
    try (TestServer server = TestServer.start(
            TestServer.always(TestServer.ok("") + "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"));
        Client client = Client.open(server.uri())) {
      assertThat(client.send(Call.get("/")).status()).isEqualTo(200);
      assertThat(client.send(Call.get("/")).status()).isEqualTo(200);
    }
  }

  @Test
  void an_early_answer_to_a_body_that_is_not_read_is_an_answer() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread server = Thread.ofPlatform().daemon().start(() -> {
        try (Socket socket = listener.accept()) {
          socket.getInputStream().readNBytes(10);
          socket.getOutputStream().write(TestServer.status(413, "Connection: close\r\n").getBytes(UTF_8));
          over.await();
        } catch (IOException | InterruptedException ended) {
          throw new IllegalStateException(ended);
        }
      });
      URI uri = URI.create("http://127.0.0.1:" + listener.getLocalPort());
      try (Client client = Client.open(uri, Duration.ofSeconds(5))) {
        Call large = Call.of("POST", "/").body("application/octet-stream", new byte[32 * 1024 * 1024]);
        assertThat(client.send(large).status()).isEqualTo(413);
      }
      over.countDown();
      server.join();
    }
  }

  @Test
  void a_refused_connection_says_so_and_the_client_can_be_used_again() throws Exception {
    TestServer gone = TestServer.start(TestServer.always(TestServer.ok("")));
    gone.close();
    try (Client client = Client.open(gone.uri())) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> client.send(Call.get("/products/1")))
            .isInstanceOfSatisfying(
                NoAnswerException.class, none -> assertThat(none.outcome()).isInstanceOf(Outcome.Refused.class))
            .hasMessageContaining("GET /products/1: Connection refused");
      }
    }
  }

  @Test
  void a_header_section_without_end_is_refused_at_the_limit() throws Exception {
    try (TestServer server = TestServer.start((request, socket) -> {
          String line = "X-Filler: " + "x".repeat(1000) + "\r\n";
          socket.getOutputStream().write(("HTTP/1.1 200 OK\r\n" + line.repeat(100)).getBytes(UTF_8));
          return true;
        });
        Client client = Client.open(server.uri())) {
      assertThatThrownBy(() -> client.send(Call.get("/"))).hasMessageContaining("more than 32768 bytes");
    }
  }

  @Test
  void an_answer_that_trickles_does_not_outlive_the_read_timeout() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (TestServer server = TestServer.start((request, socket) -> {
          socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".getBytes(UTF_8));
          while (!over.await(20, TimeUnit.MILLISECONDS)) {
            socket.getOutputStream().write('x');
          }
          return false;
        });
        Client client = Client.open(server.uri(), Duration.ofMillis(300))) {
      long start = System.nanoTime();
      assertThatThrownBy(() -> client.send(Call.get("/")))
          .isInstanceOfSatisfying(
              NoAnswerException.class, none -> assertThat(none.outcome()).isEqualTo(new Outcome.ReadTimeout()));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(250), Duration.ofSeconds(3));
      over.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://localhost:1", "http://localhost:1/path", "http://localhost?x", "localhost:80"})
  void an_address_that_it_cannot_speak_to_is_refused_at_once(String uri) {
    assertThatThrownBy(() -> Client.open(URI.create(uri)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("http://host:port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-slash", "/with blank", "/line\r\nX: 1", "/ümlaut", ""})
  void a_path_that_would_break_the_request_line_is_refused(String path) {
    assertThatThrownBy(() -> Call.get(path)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("path");
  }

  @Test
  void a_header_that_would_break_the_framing_is_refused() {
    assertThatThrownBy(() -> Call.get("/").header("X", "a\r\nY: b")).hasMessageContaining("control");
    assertThatThrownBy(() -> Call.get("/").header("X Y", "a")).hasMessageContaining("header name");
    assertThatThrownBy(() -> Call.get("/").header("content-length", "1")).hasMessageContaining("frames the body");
  }
}
