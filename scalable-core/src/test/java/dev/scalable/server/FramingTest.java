package dev.scalable.server;

import static dev.scalable.server.AnsweringServers.JSON;
import static dev.scalable.server.AnsweringServers.onBothThreads;
import static dev.scalable.server.AnsweringServers.row;
import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static dev.scalable.server.Wire.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where one request ends and the next begins, when the bytes of a connection come in pieces, too slowly, or never, or
 * can be read in two ways: with handlers on both kinds of threads.
 */
class FramingTest {

  private static AnsweringServers servers;

  @BeforeAll
  static void start() {
    servers = new AnsweringServers();
  }

  @AfterAll
  static void stop() throws Exception {
    servers.close();
  }

  static Stream<Arguments> unreadable() {
    return onBothThreads(
        row("length and chunks", head("POST /items", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
        row("two lengths", head("POST /items", "Content-Length: 5", "Content-Length: 6") + "123456"),
        row("a signed length", head("POST /items", "Content-Length: +5") + "12345"),
        row("a negative length", head("POST /items", "Content-Length: -1")),
        row("two transfer coding lines", head("POST /items", "Transfer-Encoding: chunked",
            "Transfer-Encoding: identity") + "0\r\n\r\n"),
        row("a query escape cut short", get("/query?a=%4")),
        row("a backslash", get("/echo/a\\b")),
        row("an absolute target of another host", get("http://other.example/")),
        row("a target with a scheme that is not HTTP", get("x/y://h/things/7")),
        row("no host", "GET / HTTP/1.1\r\n\r\n"),
        row("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        row("a space before the colon", get("/", "X-Seen : 1")),
        row("a bare line feed", "GET / HTTP/1.1\nHost: a\n\n"),
        row("a bad escape", get("/echo/%zz")),
        row("a raw byte", get("/echo/\u00e9")),
        row("a NUL in a header", get("/", "X-Seen: a\0b")),
        row("a fragment", get("/#top")),
        row("large headers", get("/", "X-Seen: " + "a".repeat(20_000))),
        row("many headers", get("/", Stream.generate(() -> "X-Seen: 1").limit(150).toArray(String[]::new))));
  }

  /** Undertow answers these before any of our code sees them. */
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("unreadable")
  void what_cannot_be_read_as_one_request_is_refused_and_the_connection_closed(ServerSettings.Threads threads,
      String name, String request) throws IOException {
    try (Wire wire = servers.connect(threads)) {
      Wire.Answer answer = wire.ask(request + get("/echo/smuggled"));
      assertThat(answer.status()).isIn(400, 431);
      assertThat(wire.rest()).as("after the last answer").isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_follows_a_chunked_body_is_never_read_as_a_request(ServerSettings.Threads threads) throws IOException {
    for (String body : List.of("zz\r\n\r\n", "-1\r\n\r\n", "\r\n\r\n", "1\nx\n0\n\n", "1\r\nxjunk\r\n0\r\n\r\n",
        "0\r\n\r\n")) {
      try (Wire wire = servers.connect(threads)) {
        Wire.Answer answer = wire.ask(head("POST /items", JSON, "Transfer-Encoding: chunked")
            + body + get("/echo/smuggled"));
        assertThat(answer.status()).as(body).isIn(400, 413);
        assertThat(wire.rest()).as("after the last answer").isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void requests_in_a_pipeline_are_answered_in_their_order(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = servers.connect(threads)) {
      wire.send(get("/echo/1") + json("POST /items", "{\"name\":\"a\",\"count\":2}") + get("/nowhere")
          + get("/echo/4"));
      assertThat(wire.answer().body()).isEqualTo("1");
      assertThat(wire.answer().status()).isEqualTo(201);
      assertThat(wire.answer().status()).isEqualTo(404);
      assertThat(wire.answer().body()).isEqualTo("4");
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_answer_is_not_kept_back_for_that_of_the_next_request(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = servers.connect(threads)) {
      wire.send(get("/echo/1") + get("/held"));
      assertThat(wire.answersWithin(Duration.ofMillis(1_500))).isTrue();
      assertThat(wire.answer().body()).isEqualTo("1");
      assertThat(wire.answer().status()).isEqualTo(504);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_waits_to_be_told_to_go_on_is_told(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = servers.connect(threads)) {
      wire.send(head("POST /items", JSON, "Content-Length: 22", "Expect: 100-continue"));
      assertThat(wire.answer().status()).isEqualTo(100);
      assertThat(wire.ask("{\"name\":\"a\",\"count\":2}").status()).isEqualTo(201);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_waits_to_be_told_to_go_on_may_be_refused_instead(ServerSettings.Threads threads)
      throws IOException {
    try (Wire wire = servers.connect(threads)) {
      Wire.Answer answer = wire.ask(head("POST /nowhere", "Content-Length: 22", "Expect: 100-continue"));
      assertThat(answer.status()).isEqualTo(404);
      assertThat(wire.rest()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_body_that_comes_in_pieces_is_put_together(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = servers.connect(threads)) {
      wire.send(head("POST /items", JSON, "Content-Length: 22"));
      for (String piece : List.of("{\"name\"", ":\"a\",\"co", "unt\":2}")) {
        wire.send(piece);
      }
      assertThat(wire.answer().body()).isEqualTo("{\"name\":\"a\",\"count\":2}");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_body_that_comes_too_slowly_is_answered_408_and_the_connection_closed(ServerSettings.Threads threads)
      throws IOException {
    try (Wire wire = servers.connect(threads)) {
      long began = System.nanoTime();
      Wire.Answer answer = wire.ask(head("POST /items", JSON, "Content-Length: 22") + "{\"na");
      assertThat(answer.status()).isEqualTo(408);
      assertThat(wire.rest()).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(Duration.ofMillis(350), Duration.ofSeconds(5));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_refused_body_that_never_comes_does_not_keep_the_connection(ServerSettings.Threads threads) throws IOException {
    for (String refused : List.of("POST /nowhere", "PUT /small", "OPTIONS /items")) {
      try (Wire wire = servers.connect(threads)) {
        Wire.Answer answer = wire.ask(head(refused, JSON, "Content-Length: 500") + "x");
        assertThat(answer.status()).isIn(404, 413, 400);
        assertThat(wire.rest()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_refused_body_that_does_come_costs_nobody_the_answer(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = servers.connect(threads)) {
      wire.send(head("POST /nowhere", "Content-Length: 3000000")).send("x".repeat(3_000_000));
      assertThat(wire.answer().status()).isEqualTo(404);
    }
  }
}
