package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.http.Method;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies that a handler reads as they come. */
class UploadTest {

  @ParameterizedTest
  @EnumSource
  void a_malformed_chunk_ends_the_reading_of_its_handler_and_is_answered_400(ServerSettings.Threads threads)
      throws Exception {
    for (String body : List.of("3\r\nabc\r\nzz\r\n", "3\r\nabcd\r\n0\r\n\r\n", "3\r\nabc\n0\r\n\r\n")) {
      AtomicInteger whole = new AtomicInteger();
      try (TestServer server = TestServer.start(threads, Route.upload(Method.POST, "/", (r, in) -> {
        in.readAllBytes();
        whole.incrementAndGet();
        return Response.noContent();
      })); Wire wire = server.connect()) {
        Wire.Answer answer = wire.ask(head("POST /", "Transfer-Encoding: chunked") + body);
        assertThat(answer.status()).as(body).isEqualTo(400);
        assertThat(answer.body()).contains("not well chunked");
        assertThat(answer.closes()).isTrue();
        assertThat(whole).hasValue(0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void chunks_of_any_size_and_cut_anywhere_are_put_together(ServerSettings.Threads threads) throws Exception {
    String chunks = "1\r\na\r\n3;x=\"y\"\r\nbcd\r\n0000A\r\nefghijklmn\r\n0\r\nX-Seen: 1\r\n\r\n";
    try (TestServer server = TestServer.start(threads, Route.upload(Method.POST, "/",
        (r, in) -> Response.text(new String(in.readAllBytes(), StandardCharsets.US_ASCII))))) {
      for (int cut = 1; cut < chunks.length(); cut++) {
        try (Wire wire = server.connect()) {
          wire.send(head("POST /", "Transfer-Encoding: chunked") + chunks.substring(0, cut));
          assertThat(wire.ask(chunks.substring(cut)).body()).as("cut at " + cut).isEqualTo("abcdefghijklmn");
        }
      }
    }
  }


  private static final int LARGE = 3_000_000;

  private static Response count(InputStream body) throws IOException {
    long count = 0;
    byte[] bytes = new byte[10_000];
    for (int read = body.read(bytes); read >= 0; read = body.read(bytes)) {
      for (int i = 0; i < read; i++) {
        count += bytes[i] == 'x' ? 1 : 0;
      }
    }
    return Response.text(count + " read");
  }

  private static Route counting(String path) {
    return Route.upload(Method.POST, path, (r, body) -> count(body)).withMaxBody(LARGE);
  }

  private static String chunk(int size) {
    return Integer.toHexString(size) + "\r\n" + "x".repeat(size) + "\r\n";
  }

  @ParameterizedTest
  @EnumSource
  void a_body_beyond_the_memory_of_a_bound_one_is_read_as_it_comes(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = TestServer.start(threads, counting("/")); Wire wire = server.connect()) {
      assertThat(wire.ask(head("POST /", "Content-Length: " + LARGE) + "x".repeat(LARGE)).body()).isEqualTo(LARGE + " read");
      assertThat(wire.ask(head("POST /", "Content-Length: 0")).body()).isEqualTo("0 read");
      assertThat(wire.ask(head("POST /")).body()).isEqualTo("0 read");
      wire.send(head("POST /", "Transfer-Encoding: chunked")).send(chunk(100_000)).send(chunk(1)).send("0\r\n\r\n");
      assertThat(wire.answer().body()).isEqualTo("100001 read");
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_handler_reads_what_came_before_the_rest_is_sent(ServerSettings.Threads threads) throws Exception {
    CompletableFuture<Integer> first = new CompletableFuture<>();
    try (TestServer server = TestServer.start(threads, Route.upload(Method.PUT, "/", (r, body) -> {
      first.complete(body.read());
      return count(body);
    })); Wire wire = server.connect()) {
      wire.send(head("PUT /", "Content-Length: 3") + "a");
      assertThat(first.get(5, TimeUnit.SECONDS)).isEqualTo('a');
      assertThat(wire.ask("xx").body()).isEqualTo("2 read");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_waits_to_be_told_to_go_on_is_told_at_the_first_read_or_never(ServerSettings.Threads threads)
      throws Exception {
    try (TestServer server = TestServer.start(threads, counting("/"),
        Route.upload(Method.POST, "/unread", (r, body) -> Response.text("not wanted")))) {
      try (Wire wire = server.connect()) {
        wire.send(head("POST /", "Content-Length: 4", "Expect: 100-continue"));
        assertThat(wire.answer().status()).isEqualTo(100);
        assertThat(wire.ask("xxxx").body()).isEqualTo("4 read");
      }
      try (Wire wire = server.connect()) {
        assertThat(wire.ask(head("POST /unread", "Content-Length: 4", "Expect: 100-continue")).body()).isEqualTo("not wanted");
        assertThat(wire.rest()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_body_too_large_is_413_before_the_handler_or_while_it_reads(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = TestServer.start(threads, counting("/"), Route.upload(Method.POST, "/small", (r, body) ->
        count(body)).withMaxBody(50_000))) {
      try (Wire wire = server.connect()) {
        wire.send(head("POST /small", "Content-Length: 50001")).send("x".repeat(50_001));
        assertThat(wire.answer().status()).isEqualTo(413);
      }
      try (Wire wire = server.connect()) {
        wire.send(head("POST /small", "Transfer-Encoding: chunked")).send(chunk(60_000)).send("0\r\n\r\n");
        assertThat(wire.answer().status()).isEqualTo(413);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_is_silent_is_408_and_so_is_one_that_drips(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = TestServer.start(threads, counting("/"))) {
      try (Wire wire = server.connect()) {
        assertThat(wire.ask(head("POST /", "Content-Length: 10") + "x").status()).isEqualTo(408);
        assertThat(wire.rest()).isEmpty();
      }
      try (Wire wire = server.connect()) {
        wire.send(head("POST /", "Content-Length: 1000000"));
        CompletableFuture<Void> drip = CompletableFuture.runAsync(() -> {
          try {
            for (int i = 0; i < 1_000; i++) {
              wire.send("x");
              new CompletableFuture<Void>().completeOnTimeout(null, 20, TimeUnit.MILLISECONDS).join();
            }
          } catch (IOException e) {
            // The server has closed it, as it should.
          }
        });
        long began = System.nanoTime();
        assertThat(wire.answer().status()).isEqualTo(408);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        drip.join();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_deadline_holds_while_the_handler_waits_for_its_client(ServerSettings.Threads threads) throws Exception {
    ServerSettings hurry = TestServer.settings(threads, "SCALABLE_HTTP_REQUEST_TIMEOUT", "200ms");
    try (TestServer server = TestServer.start(hurry, Set.of(counting("/"))); Wire wire = server.connect()) {
      assertThat(wire.ask(head("POST /", "Content-Length: 10") + "x").status()).isEqualTo(504);
      assertThat(wire.rest()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_is_left_unread_is_thrown_away_and_costs_nobody_the_answer(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = TestServer.start(threads, Route.upload(Method.POST, "/", (r, body) ->
        Response.text("the first is " + body.read())).withMaxBody(LARGE))) {
      try (Wire wire = server.connect()) {
        wire.send(head("POST /", "Content-Length: 5") + "xxxxx" + get("/nowhere"));
        assertThat(wire.answer().body()).isEqualTo("the first is 120");
        assertThat(wire.rest()).as("what follows is not read, or a 404 of its own").doesNotContain("120");
      }
      try (Wire wire = server.connect()) {
        wire.send(head("POST /", "Content-Length: " + LARGE)).send("x".repeat(LARGE));
        assertThat(wire.answer().body()).isEqualTo("the first is 120");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_goes_is_told_to_the_handler(ServerSettings.Threads threads) throws Exception {
    CompletableFuture<Exception> end = new CompletableFuture<>();
    try (TestServer server = TestServer.start(threads, Route.upload(Method.POST, "/", (r, body) -> {
      try {
        return count(body);
      } catch (IOException e) {
        end.complete(e);
        throw e;
      }
    }))) {
      try (Wire wire = server.connect()) {
        wire.send(head("POST /", "Content-Length: 10") + "x");
      }
      assertThat(end.get(5, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_stream_ends_with_its_handler(ServerSettings.Threads threads) throws Exception {
    CompletableFuture<InputStream> kept = new CompletableFuture<>();
    try (TestServer server = TestServer.start(threads, Route.upload(Method.POST, "/", (r, body) -> {
      kept.complete(body);
      return Response.noContent();
    })); Wire wire = server.connect()) {
      assertThat(wire.ask(head("POST /", "Content-Length: 2") + "xx").status()).isEqualTo(204);
      assertThatThrownBy(() -> kept.join().read()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void an_upload_is_neither_for_the_io_thread_nor_for_methods_without_a_body() {
    assertThatIllegalArgumentException().isThrownBy(() -> counting("/").inline()).withMessageContaining("POST /");
    assertThatIllegalArgumentException().isThrownBy(() -> Route.upload(Method.GET, "/", (r, body) -> count(body)))
        .withMessageContaining("GET /");
  }
}
