package dev.scalable.server;

import static dev.scalable.server.AnsweringServers.JSON;
import static dev.scalable.server.AnsweringServers.onBothThreads;
import static dev.scalable.server.AnsweringServers.row;
import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static dev.scalable.server.Wire.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the server answers to requests sound and unsound, over raw sockets and with handlers on both kinds of threads.
 * Where a request ends, and what becomes of its connection, is the matter of {@link FramingTest}.
 */
class AnswersTest {

  private static AnsweringServers servers;

  @BeforeAll
  static void start() {
    servers = new AnsweringServers();
  }

  @AfterAll
  static void stop() throws Exception {
    servers.close();
  }

  static Stream<Arguments> served() {
    return onBothThreads(
        row("the root", get("/"), 200, "root"),
        row("a parameter", get("/things/7"), 200, "thing 7"),
        row("a literal wins over a parameter", get("/things/first"), 200, "the first thing"),
        row("a query is no part of the path", get("/things/7?x=1"), 200, "thing 7"),
        row("an absolute target", get("http://test/things/7?x=1"), 200, "thing 7"),
        row("decoded once", get("/echo/a%20b%2525+c"), 200, "a b%25+c"),
        row("utf-8", get("/echo/%C3%A9"), 200, "\u00c3\u00a9"),
        row("dots in a name", get("/echo/...a..b."), 200, "...a..b."),
        row("a query value", get("/query?b=1&a=x%26y+z%2F"), 200, "x&y z/"),
        row("the first of two", get("/query?a=1&a=2"), 200, "1"),
        row("a query name without a value", get("/query?a"), 200, ""),
        row("a query name that is encoded", get("/query?%61=x"), 200, "x"),
        row("an absent query value", get("/query?"), 200, "(none)"),
        row("a number from the query", get("/page?n=100"), 200, "page 100"),
        row("an absent number", get("/page"), 200, "page 1"),
        row("a header in any case", get("/head", "X-SEEN: yes"), 200, "seen yes"),
        row("a UUID", get("/uuids/00000000-0000-0000-0000-00000000000a"), 200, "00000000-0000-0000-0000-00000000000a"),
        row("a body", json("POST /items", "{\"name\":\"a\",\"count\":1}"), 201, "{\"name\":\"a\",\"count\":1}"),
        row("a body with a charset", head("POST /items", "Content-Type: Application/JSON; charset=utf-8",
            "Content-Length: 22") + "{\"name\":\"a\",\"count\":1}", 201, "{\"name\":\"a\",\"count\":1}"),
        row("a chunked body", head("POST /items", JSON, "Transfer-Encoding: chunked")
            + "5\r\n{\"nam\r\n11\r\ne\":\"a\",\"count\":1}\r\n0\r\n\r\n", 201, "{\"name\":\"a\",\"count\":1}"),
        row("live", get("/health/live"), 200, "{\"status\":\"live\"}"),
        row("ready", get("/health/ready"), 200, "{\"status\":\"ready\"}"),
        row("no content", head("DELETE /things/7"), 204, ""),
        row("no content although there is one", get("/no-content-with-body"), 204, ""),
        row("not modified", get("/not-modified"), 304, ""));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("served")
  void a_sound_request_is_served(ServerSettings.Threads threads, String name, String request, int status, String body)
      throws IOException {
    try (Wire wire = servers.connect(threads)) {
      Wire.Answer answer = wire.ask(request);
      assertThat(answer.body()).isEqualTo(body);
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.header("X-Instance-Id")).contains("test-1");
      assertThat(answer.header("X-Request-Id")).get().asString().matches("[0-9a-f]{32}");
      if (!answer.closes()) {
        assertThat(wire.ask(get("/echo/again")).body()).as("the connection is sound").isEqualTo("again");
      }
    }
  }

  static Stream<Arguments> refused() {
    String item = "{\"name\":\"a\",\"count\":1}";
    return onBothThreads(
        row("unknown path", get("/nowhere"), 404),
        row("a path below a route", get("/things/7/more"), 404),
        row("a trailing slash", get("/things/"), 404),
        row("an id that is no number", get("/things/seven"), 404),
        row("an id beyond 64 bits", get("/things/9223372036854775808"), 404),
        row("an id that is no UUID", get("/uuids/7"), 404),
        row("an id with a plus sign", get("/things/+7"), 404),
        row("an id with a leading zero", get("/things/07"), 404),
        row("a UUID in short", get("/uuids/1-1-1-1-1"), 404),
        row("a query value that is no number", get("/page?n=x"), 400),
        row("a query value out of bounds", get("/page?n=101"), 400),
        row("a query in ill-formed UTF-8", get("/query?a=%ff"), 400),
        row("wrong method", head("DELETE /items"), 405),
        row("unknown method", head("BREW /things/7"), 501),
        row("method in lower case", head("get /things/7"), 501),
        row("TRACE", head("TRACE /things/7"), 405),
        row("dot segment", get("/things/../things/7"), 400),
        row("encoded dot segment", get("/things/%2e%2E/things/7"), 400),
        row("half encoded dot segment", get("/things/.%2e/7"), 400),
        row("single dot", get("/things/./7"), 400),
        row("dot segment at the end", get("/things/.."), 400),
        row("dot segment of an absolute target", get("http://test/things/../things/7"), 400),
        row("double slash", get("//things/7"), 400),
        row("double slash inside", get("/things//7"), 400),
        row("matrix parameter", get("/things/7;x=1"), 400),
        row("matrix parameter before a dot segment", get("/things/..;x/7"), 400),
        row("encoded slash", get("/echo/a%2fb"), 400),
        row("encoded slash where nothing is", get("/nowhere/a%2fb"), 400),
        row("encoded backslash", get("/echo/a%5Cb"), 400),
        row("NUL", get("/echo/a%00b"), 400),
        row("encoded line break", get("/echo/a%0d%0ab"), 400),
        row("overlong UTF-8", get("/echo/%c0%af"), 400),
        row("surrogate in UTF-8", get("/echo/%ed%a0%80"), 400),
        row("UTF-8 cut short", get("/echo/%c3"), 400),
        row("a long path", get("/echo/" + "a".repeat(9_000)), 414),
        row("malformed JSON", json("POST /items", "{\"name\":"), 400),
        row("no JSON", head("POST /items", JSON, "Content-Length: 0"), 400),
        row("no body", head("POST /items"), 400),
        row("unknown member", json("POST /items", "{\"name\":\"a\",\"count\":1,\"owner\":2}"), 400),
        row("wrong type of member", json("POST /items", "{\"name\":\"a\",\"count\":\"1\"}"), 400),
        row("a value that refuses itself", json("POST /items", "{\"name\":\"a\",\"count\":-1}"), 400),
        row("text after the JSON", json("POST /items", item + item), 400),
        row("wrong media type", head("POST /items", "Content-Type: text/xml", "Content-Length: 22") + item, 415),
        row("a form", head("POST /items", "Content-Type: application/x-www-form-urlencoded",
            "Content-Length: 3") + "a=b", 415),
        row("a large body", json("POST /items", "x".repeat(1_001)), 413),
        row("a body too large for its route", json("PUT /small", item), 413),
        row("a large chunked body", head("POST /items", JSON, "Transfer-Encoding: chunked") + "3e9\r\n"
            + "x".repeat(1001) + "\r\n0\r\n\r\n", 413),
        row("a chunked body too large for its route", head("PUT /small", JSON, "Transfer-Encoding: chunked") + "16\r\n"
            + item + "\r\n0\r\n\r\n", 413),
        row("another transfer coding", head("POST /items", "Transfer-Encoding: gzip") + "0\r\n\r\n", 400),
        row("two transfer codings", head("POST /items", "Transfer-Encoding: gzip, chunked") + "0\r\n\r\n", 400),
        row("a mangled transfer coding", head("POST /items", "Transfer-Encoding: xchunked") + "0\r\n\r\n", 400),
        row("chunked in HTTP/1.0", "POST /items HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400),
        row("exception", get("/exception"), 500),
        row("checked exception", get("/checked"), 500),
        row("error", get("/error"), 500),
        row("an error of what makes a key", get("/failing-key"), 500),
        row("an error of what has values at hand", get("/failing-lookup/x"), 500),
        row("stack overflow", get("/overflow"), 500),
        row("an exception that a mapper knows", get("/mapped"), 502),
        row("a handler's own pool is full", get("/rejected"), 500),
        row("a header of the framing", get("/framed"), 500),
        row("a header of the framing on a problem", get("/framed-problem"), 500),
        row("half a surrogate pair in JSON", json("POST /items", "{\"name\":\"\\ud800\",\"count\":1}"), 400),
        row("an answer that cannot be encoded", get("/unencodable"), 500),
        row("a problem that cannot be encoded", get("/unencodable-problem"), 500),
        row("a header that cannot be sent", get("/unsendable-header"), 500),
        row("an error mapper that fails", get("/unmappable"), 500),
        row("a problem of the handler", get("/teapot"), 418));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("refused")
  void an_unsound_request_is_answered_with_a_problem(ServerSettings.Threads threads, String name, String request,
      int status) throws IOException {
    try (Wire wire = servers.connect(threads)) {
      Wire.Answer answer = wire.ask(request);
      assertThat(answer.status()).as(answer.body()).isEqualTo(status);
      assertThat(answer.header("Content-Type")).contains("application/problem+json");
      assertThat(answer.header("X-Instance-Id")).contains("test-1");
      String id = answer.header("X-Request-Id").orElseThrow();
      assertThat(answer.body()).contains("\"status\":" + status).contains("\"requestId\":\"" + id + "\"")
          .doesNotContain("secret", "Exception", "dev.scalable", "Item", "java");
      assertThat(answer.headers()).noneMatch(line -> line.startsWith("X-Forged"));
      if (answer.closes()) {
        assertThat(wire.rest()).as("after the last answer").isEmpty();
      } else {
        assertThat(wire.ask(get("/echo/again")).body()).as("the connection is sound").isEqualTo("again");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_wrong_method_is_told_those_that_are_right(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = servers.connect(threads)) {
      assertThat(wire.ask(head("PUT /things/7")).header("Allow")).contains("GET, HEAD, DELETE, OPTIONS");
      assertThat(wire.ask(head("PATCH /items")).header("Allow")).contains("POST, OPTIONS");
    }
  }

  @ParameterizedTest
  @EnumSource
  void options_tells_what_may_be_asked(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = servers.connect(threads)) {
      Wire.Answer answer = wire.ask(head("OPTIONS /things/7"));
      assertThat(answer.status()).isEqualTo(204);
      assertThat(answer.header("Allow")).contains("GET, HEAD, DELETE, OPTIONS");
      assertThat(answer.header("Content-Length")).as("RFC 9110 section 8.6").isEmpty();
      assertThat(wire.ask(head("OPTIONS /nowhere")).status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @EnumSource
  void head_is_answered_like_get_without_the_body(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = servers.connect(threads)) {
      Wire.Answer answer = wire.send(head("HEAD /things/7")).answer(false);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Content-Length")).contains("7");
      assertThat(wire.send(head("HEAD /nowhere")).answer(false).status()).isEqualTo(404);
      assertThat(wire.send(head("HEAD /health/ready")).answer(false).status()).isEqualTo(200);
      assertThat(wire.ask(get("/echo/again")).body()).isEqualTo("again");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_problem_carries_its_type_its_members_and_its_headers(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = servers.connect(threads)) {
      Wire.Answer answer = wire.ask(get("/teapot"));
      assertThat(answer.header("X-Tea")).contains("oolong");
      assertThat(answer.body()).contains("\"type\":\"https://example.org/teapot\"", "\"title\":\"I'm a Teapot\"",
          "\"detail\":\"short and stout\"", "\"spouts\":1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_sane_request_id_is_kept_and_any_other_replaced(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = servers.connect(threads)) {
      for (String sane : List.of("abcd1234", "A-b_c.9999", "x".repeat(64))) {
        assertThat(wire.ask(get("/", "X-Request-Id: " + sane)).header("X-Request-Id")).contains(sane);
      }
      for (String insane : List.of("short", "x".repeat(65), "with space", "<script>alert",
          "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9")) {
        assertThat(wire.ask(get("/nowhere", "X-Request-Id: " + insane)).header("X-Request-Id")).get().asString()
            .matches("[0-9a-f]{32}");
      }
    }
  }
}
