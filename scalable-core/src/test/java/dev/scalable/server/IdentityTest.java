package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.http.Client;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

/** Who a request is from, and what it is called, over raw sockets. */
class IdentityTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String TRACEPARENT = "traceparent: 00-" + TRACE + "-b7ad6b7169203331-01";

  private static final Set<Route> ROUTES = Set.of(
      Route.get("/client", r -> {
        Client client = r.client();
        return Response.text(client.address() + " " + client.scheme() + " " + client.host());
      }),
      Route.get("/trace", r -> Response.text(r.trace() + " " + r.trace().traceparent())),
      Route.get("/log", r -> Response.text(MDC.get("requestId") + " " + MDC.get("traceId"))),
      Route.get("/conflict", r -> {
        throw Problem.conflict("on purpose");
      }),
      Route.get("/failure", r -> {
        throw new IllegalStateException("on purpose");
      }),
      Route.get("/late", r -> {
        while (!Thread.currentThread().isInterrupted()) {
          Thread.onSpinWait();
        }
        return Response.noContent();
      }).withTimeout(Duration.ofMillis(30)));

  private static TestServer behindProxies;
  private static TestServer alone;

  @BeforeAll
  static void start() {
    behindProxies = TestServer.start(TestServer.trusting("127.0.0.0/8,10.0.0.0/8,2001:db8::/32"), ROUTES);
    alone = TestServer.start(TestServer.trusting(""), ROUTES);
  }

  @AfterAll
  static void stop() throws Exception {
    behindProxies.close();
    alone.close();
  }

  private static String ask(TestServer server, String request) throws Exception {
    try (Wire wire = server.connect()) {
      Wire.Answer answer = wire.ask(request);
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      return answer.body();
    }
  }

  static Stream<Arguments> addresses() {
    return Stream.of(
        Arguments.of("no header", "127.0.0.1", new String[] {}),
        Arguments.of("one client", "192.0.2.7", new String[] {"192.0.2.7"}),
        Arguments.of("the rightmost that is no proxy", "192.0.2.7", new String[] {"198.51.100.1, 192.0.2.7, 10.1.1.1"}),
        Arguments.of("made up by the client", "192.0.2.7", new String[] {"127.0.0.1, 10.0.0.1, 192.0.2.7"}),
        Arguments.of("several lines are one list", "192.0.2.7", new String[] {"203.0.113.1", "192.0.2.7, 10.2.2.2", "10.1.1.1"}),
        Arguments.of("only proxies", "10.2.2.2", new String[] {"10.2.2.2,10.1.1.1"}),
        Arguments.of("IPv6", "2001:db9::7", new String[] {"2001:DB9:0:0::7, 2001:db8::1"}),
        Arguments.of("with ports", "192.0.2.7", new String[] {"192.0.2.7:4711, [2001:db8::1]:80"}),
        Arguments.of("an address that a proxy hides", "10.1.1.1", new String[] {"192.0.2.7, unknown, 10.1.1.1"}),
        Arguments.of("a name", "127.0.0.1", new String[] {"192.0.2.7, localhost"}),
        Arguments.of("nothing in it", "127.0.0.1", new String[] {""}),
        Arguments.of("an empty element", "10.1.1.1", new String[] {"192.0.2.7,,10.1.1.1"}),
        Arguments.of("quotes", "127.0.0.1", new String[] {"\"192.0.2.7\""}));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("addresses")
  void the_client_is_the_nearest_hop_that_is_no_trusted_proxy(String what, String expected, String[] lines) throws Exception {
    String[] headers = Stream.of(lines).map(line -> "X-Forwarded-For: " + line).toArray(String[]::new);
    assertThat(ask(behindProxies, get("/client", headers))).isEqualTo(expected + " http test");
  }

  @Test
  void what_a_trusted_proxy_says_of_scheme_and_host_is_believed() throws Exception {
    assertThat(ask(behindProxies, get("/client", "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: HTTPS",
        "X-Forwarded-Host: shop.example:8443"))).isEqualTo("192.0.2.7 https shop.example:8443");
    assertThat(ask(behindProxies, get("/client", "X-Forwarded-Proto: http, https", "X-Forwarded-Host: a.example, b.example")))
        .as("the nearest proxy's word").isEqualTo("127.0.0.1 https b.example");
  }

  @Test
  void what_cannot_be_a_scheme_or_a_host_is_not_believed_of_anybody() throws Exception {
    assertThat(ask(behindProxies, get("/client", "X-Forwarded-Proto: javascript", "X-Forwarded-Host: a/b")))
        .isEqualTo("127.0.0.1 http test");
  }

  @Test
  void the_forwarded_header_is_not_read() throws Exception {
    assertThat(ask(behindProxies, get("/client", "Forwarded: for=192.0.2.7;proto=https;host=a.example")))
        .isEqualTo("127.0.0.1 http test");
  }

  @Test
  void nothing_is_believed_of_a_peer_that_is_no_trusted_proxy() throws Exception {
    assertThat(ask(alone, get("/client", "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: a.example")))
        .isEqualTo("127.0.0.1 http test");
  }

  @Test
  void a_trace_is_taken_up_with_its_state() throws Exception {
    assertThat(ask(alone, get("/trace", TRACEPARENT, "tracestate: a=1", "tracestate: b=2")))
        .matches("Trace\\[traceId=" + TRACE + ", parentId=b7ad6b7169203331, sampled=true, state=a=1,b=2] 00-" + TRACE
            + "-[0-9a-f]{16}-01");
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-No: trace", "traceparent: 00-" + TRACE + "-b7ad6b7169203331-0", TRACEPARENT + "\r\n" + TRACEPARENT})
  void without_a_sound_trace_one_begins_and_the_state_is_dropped(String header) throws Exception {
    assertThat(ask(alone, get("/trace", header, "tracestate: a=1")))
        .matches("Trace\\[traceId=[0-9a-f]{32}, parentId=, sampled=false, state=] 00-[0-9a-f]{32}-[0-9a-f]{16}-00")
        .doesNotContain(TRACE);
  }

  @ParameterizedTest
  @CsvSource({"/conflict, 409", "/failure, 500", "/late, 504", "/nowhere, 404", "/trace;x, 400"})
  void every_problem_names_the_trace_and_the_request(String path, int status) throws Exception {
    try (Wire wire = alone.connect()) {
      Wire.Answer answer = wire.ask(get(path, TRACEPARENT, "X-Request-Id: request-1"));
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.body()).contains("\"requestId\":\"request-1\"", "\"traceId\":\"" + TRACE + "\"");
    }
  }

  @Test
  void what_a_handler_logs_carries_the_names_and_nothing_is_left_on_its_thread() throws Exception {
    assertThat(ask(alone, get("/log", TRACEPARENT, "X-Request-Id: request-1"))).isEqualTo("request-1 " + TRACE);
    assertThat(ask(alone, get("/log"))).matches("[0-9a-f]{32} [0-9a-f]{32}").doesNotContain(TRACE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"short", "with space in it", "line\tbreak-in-it", "\"quoted-id\"", "x12345678901234567890123456789012345678"
      + "901234567890123456789012345678901"})
  void an_id_that_could_forge_a_log_line_is_replaced(String id) throws Exception {
    try (Wire wire = alone.connect()) {
      assertThat(wire.ask(get("/client", "X-Request-Id: " + id)).header("X-Request-Id")).get().asString().matches("[0-9a-f]{32}");
    }
  }

  @Test
  void a_request_without_a_host_says_where_it_arrived() throws Exception {
    try (Wire wire = alone.connect()) {
      Wire.Answer answer = wire.send("GET /client HTTP/1.0\r\n\r\n").answer();
      assertThat(answer.body()).startsWith("127.0.0.1 http ").contains(Integer.toString(alone.port()));
    }
  }
}
