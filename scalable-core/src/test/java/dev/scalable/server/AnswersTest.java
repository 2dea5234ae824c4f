package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static dev.scalable.server.Wire.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.http.ErrorMapper;
import dev.scalable.http.Lookup;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the server answers to requests sound and unsound, over raw sockets and with handlers on both kinds of threads.
 */
class AnswersTest {

  private record Item(String name, int count) {
    @SuppressWarnings("UnusedMethod") // the codec calls it
    Item {
      if (count < 0) {
        throw new IllegalArgumentException("count must not be negative");
      }
    }
  }

  private record Unencodable(String name) {
    @Override
    @SuppressWarnings("UnusedMethod") // the codec calls it
    public String name() {
      throw new IllegalStateException("secret of the house");
    }
  }

  private static final String JSON = "Content-Type: application/json";

  private static final Lookup<String, String> AT_HAND = new Lookup<>() {
    @Override
    public Found<String> peek(String key) {
      throw new StackOverflowError("secret of the house");
    }

    @Override
    public String get(String key) {
      return key;
    }
  };

  private static final Set<Route> ROUTES = Set.of(
      Route.get("/", r -> Response.text("root")),
      Route.get("/things/{id}", r -> Response.text("thing " + r.pathLong("id"))),
      Route.get("/things/first", r -> Response.text("the first thing")),
      Route.get("/uuids/{id}", r -> Response.text(r.pathUuid("id").toString())),
      Route.get("/echo/{text}", r -> Response.text(r.path("text"))),
      Route.get("/page", r -> Response.text("page " + r.queryLong("n", 1, 1, 100))),
      Route.get("/query", r -> Response.text(r.query("a").orElse("(none)"))),
      Route.get("/head", r -> Response.text("seen " + r.header("x-seen").orElse("nothing"))),
      Route.delete("/things/{id}", r -> Response.noContent()),
      Route.post("/items", Item.class, (r, item) -> Response.created("/items/1", item)),
      Route.put("/small", Item.class, (r, item) -> Response.ok(item)).withMaxBody(20),
      Route.get("/exception", r -> {
        throw new IllegalStateException("secret of the house");
      }),
      Route.get("/error", r -> {
        throw new AssertionError("secret of the house");
      }),
      Route.get("/failing-key", AT_HAND, r -> {
        throw new AssertionError("secret of the house");
      }, Response::text),
      Route.get("/failing-lookup/{key}", AT_HAND, r -> r.path("key"), Response::text),
      Route.get("/held", r -> {
        new CountDownLatch(1).await();
        return Response.noContent();
      }).withTimeout(Duration.ofSeconds(2)),
      Route.get("/checked", r -> {
        throw new IOException("secret of the house");
      }),
      Route.get("/mapped", r -> {
        throw new UncheckedIOException(new IOException("secret of the house"));
      }),
      Route.get("/rejected", r -> {
        throw new RejectedExecutionException("secret of the house");
      }),
      Route.get("/framed", r -> Response.text("x").header("content-length", "7")),
      Route.get("/framed-problem", r -> {
        throw Problem.conflict("see the header").header("Transfer-Encoding", "chunked");
      }),
      Route.get("/overflow", r -> Response.ok(deeper(0))),
      Route.get("/unencodable", r -> Response.ok(new Unencodable("x"))),
      Route.get("/teapot", r -> {
        throw Problem.of(418, "I'm a Teapot", "short and stout").type("https://example.org/teapot").with("spouts", 1)
            .header("X-Tea", "oolong");
      }),
      Route.get("/unencodable-problem", r -> {
        throw Problem.conflict("see the extension").with("extension", new Unencodable("x"));
      }),
      Route.get("/unmappable", r -> {
        throw new UnsupportedOperationException("secret of the house");
      }),
      Route.get("/unsendable-header", r -> {
        throw Problem.conflict("see the header").header("X-Split", "a\r\nX-Forged: b");
      }),
      Route.get("/not-modified", r -> Response.status(304)),
      Route.get("/no-content-with-body", r -> Response.json(204, "not to be sent")));

  private static final Map<ServerSettings.Threads, TestServer> SERVERS = new EnumMap<>(ServerSettings.Threads.class);

  @SuppressWarnings("InfiniteRecursion") // that is what it is for
  private static int deeper(int depth) {
    return deeper(depth + 1) + 1;
  }

  @BeforeAll
  static void start() {
    for (ServerSettings.Threads threads : ServerSettings.Threads.values()) {
      SERVERS.put(threads, TestServer.start(TestServer.settings(threads), ROUTES,
          ErrorMapper.of(UnsupportedOperationException.class, e -> {
            throw new IllegalStateException("a mapper that fails");
          }),
          ErrorMapper.of(UncheckedIOException.class, e -> Problem.of(502, "Bad Gateway", "Somebody else failed"))));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    for (TestServer server : SERVERS.values()) {
      server.close();
    }
  }

  private static Wire connect(ServerSettings.Threads threads) throws IOException {
    return Objects.requireNonNull(SERVERS.get(threads)).connect();
  }

  private static Stream<Arguments> onBothThreads(Object[]... rows) {
    return Stream.of(ServerSettings.Threads.values())
        .flatMap(threads -> Stream.of(rows).map(row -> {
          Object[] all = new Object[row.length + 1];
          all[0] = threads;
          System.arraycopy(row, 0, all, 1, row.length);
          return Arguments.of(all);
        }));
  }

  private static Object[] row(Object... cells) {
    return cells;
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
        row("a chunked body", head("POST /items", "Content-Type: application/json", "Transfer-Encoding: chunked")
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
    try (Wire wire = connect(threads)) {
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
        row("no JSON", head("POST /items", "Content-Type: application/json", "Content-Length: 0"), 400),
        row("no body", head("POST /items"), 400),
        row("unknown member", json("POST /items", "{\"name\":\"a\",\"count\":1,\"owner\":2}"), 400),
        row("wrong type of member", json("POST /items", "{\"name\":\"a\",\"count\":\"1\"}"), 400),
        row("a value that refuses itself", json("POST /items", "{\"name\":\"a\",\"count\":-1}"), 400),
        row("text after the JSON", json("POST /items", item + item), 400),
        row("wrong media type", head("POST /items", "Content-Type: text/xml", "Content-Length: 22") + item, 415),
        row("a form", head("POST /items", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 3") + "a=b", 415),
        row("a large body", json("POST /items", "x".repeat(1_001)), 413),
        row("a body too large for its route", json("PUT /small", item), 413),
        row("a large chunked body", head("POST /items", JSON, "Transfer-Encoding: chunked") + "3e9\r\n"
            + "x".repeat(1001) + "\r\n0\r\n\r\n", 413),
        row("a chunked body too large for its route", head("PUT /small", JSON, "Transfer-Encoding: chunked") + "16\r\n"
            + item + "\r\n0\r\n\r\n", 413),
        row("another transfer coding", head("POST /items", "Transfer-Encoding: gzip") + "0\r\n\r\n", 400),
        row("two transfer codings", head("POST /items", "Transfer-Encoding: gzip, chunked") + "0\r\n\r\n", 400),
        row("a mangled transfer coding", head("POST /items", "Transfer-Encoding: xchunked") + "0\r\n\r\n", 400),
        row("chunked in HTTP/1.0", "POST /items HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
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
  void an_unsound_request_is_answered_with_a_problem(ServerSettings.Threads threads, String name, String request, int status)
      throws IOException {
    try (Wire wire = connect(threads)) {
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

  static Stream<Arguments> unreadable() {
    return onBothThreads(
        row("length and chunks", head("POST /items", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
        row("two lengths", head("POST /items", "Content-Length: 5", "Content-Length: 6") + "123456"),
        row("a signed length", head("POST /items", "Content-Length: +5") + "12345"),
        row("a negative length", head("POST /items", "Content-Length: -1")),
        row("two transfer coding lines", head("POST /items", "Transfer-Encoding: chunked", "Transfer-Encoding: identity")
            + "0\r\n\r\n"),
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
  void what_cannot_be_read_as_one_request_is_refused_and_the_connection_closed(ServerSettings.Threads threads, String name,
      String request) throws IOException {
    try (Wire wire = connect(threads)) {
      Wire.Answer answer = wire.ask(request + get("/echo/smuggled"));
      assertThat(answer.status()).isIn(400, 431);
      assertThat(wire.rest()).as("after the last answer").isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_follows_a_chunked_body_is_never_read_as_a_request(ServerSettings.Threads threads) throws IOException {
    for (String body : List.of("zz\r\n\r\n", "-1\r\n\r\n", "\r\n\r\n", "1\nx\n0\n\n", "1\r\nxjunk\r\n0\r\n\r\n", "0\r\n\r\n")) {
      try (Wire wire = connect(threads)) {
        Wire.Answer answer = wire.ask(head("POST /items", "Content-Type: application/json", "Transfer-Encoding: chunked")
            + body + get("/echo/smuggled"));
        assertThat(answer.status()).as(body).isIn(400, 413);
        assertThat(wire.rest()).as("after the last answer").isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_wrong_method_is_told_those_that_are_right(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = connect(threads)) {
      assertThat(wire.ask(head("PUT /things/7")).header("Allow")).contains("GET, HEAD, DELETE, OPTIONS");
      assertThat(wire.ask(head("PATCH /items")).header("Allow")).contains("POST, OPTIONS");
    }
  }

  @ParameterizedTest
  @EnumSource
  void options_tells_what_may_be_asked(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = connect(threads)) {
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
    try (Wire wire = connect(threads)) {
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
    try (Wire wire = connect(threads)) {
      Wire.Answer answer = wire.ask(get("/teapot"));
      assertThat(answer.header("X-Tea")).contains("oolong");
      assertThat(answer.body()).contains("\"type\":\"https://example.org/teapot\"", "\"title\":\"I'm a Teapot\"",
          "\"detail\":\"short and stout\"", "\"spouts\":1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_sane_request_id_is_kept_and_any_other_replaced(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = connect(threads)) {
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

  @ParameterizedTest
  @EnumSource
  void requests_in_a_pipeline_are_answered_in_their_order(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = connect(threads)) {
      wire.send(get("/echo/1") + json("POST /items", "{\"name\":\"a\",\"count\":2}") + get("/nowhere") + get("/echo/4"));
      assertThat(wire.answer().body()).isEqualTo("1");
      assertThat(wire.answer().status()).isEqualTo(201);
      assertThat(wire.answer().status()).isEqualTo(404);
      assertThat(wire.answer().body()).isEqualTo("4");
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_answer_is_not_kept_back_for_that_of_the_next_request(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = connect(threads)) {
      wire.send(get("/echo/1") + get("/held"));
      assertThat(wire.answersWithin(Duration.ofMillis(1_500))).isTrue();
      assertThat(wire.answer().body()).isEqualTo("1");
      assertThat(wire.answer().status()).isEqualTo(504);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_waits_to_be_told_to_go_on_is_told(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = connect(threads)) {
      wire.send(head("POST /items", "Content-Type: application/json", "Content-Length: 22", "Expect: 100-continue"));
      assertThat(wire.answer().status()).isEqualTo(100);
      assertThat(wire.ask("{\"name\":\"a\",\"count\":2}").status()).isEqualTo(201);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_waits_to_be_told_to_go_on_may_be_refused_instead(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = connect(threads)) {
      Wire.Answer answer = wire.ask(head("POST /nowhere", "Content-Length: 22", "Expect: 100-continue"));
      assertThat(answer.status()).isEqualTo(404);
      assertThat(wire.rest()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_body_that_comes_in_pieces_is_put_together(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = connect(threads)) {
      wire.send(head("POST /items", "Content-Type: application/json", "Content-Length: 22"));
      for (String piece : List.of("{\"name\"", ":\"a\",\"co", "unt\":2}")) {
        wire.send(piece);
      }
      assertThat(wire.answer().body()).isEqualTo("{\"name\":\"a\",\"count\":2}");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_body_that_comes_too_slowly_is_answered_408_and_the_connection_closed(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = connect(threads)) {
      long began = System.nanoTime();
      Wire.Answer answer = wire.ask(head("POST /items", "Content-Type: application/json", "Content-Length: 22") + "{\"na");
      assertThat(answer.status()).isEqualTo(408);
      assertThat(wire.rest()).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(Duration.ofMillis(350), Duration.ofSeconds(5));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_refused_body_that_never_comes_does_not_keep_the_connection(ServerSettings.Threads threads) throws IOException {
    for (String refused : List.of("POST /nowhere", "PUT /small", "OPTIONS /items")) {
      try (Wire wire = connect(threads)) {
        Wire.Answer answer = wire.ask(head(refused, JSON, "Content-Length: 500") + "x");
        assertThat(answer.status()).isIn(404, 413, 400);
        assertThat(wire.rest()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_refused_body_that_does_come_costs_nobody_the_answer(ServerSettings.Threads threads) throws IOException {
    try (Wire wire = connect(threads)) {
      wire.send(head("POST /nowhere", "Content-Length: 3000000")).send("x".repeat(3_000_000));
      assertThat(wire.answer().status()).isEqualTo(404);
    }
  }
}
