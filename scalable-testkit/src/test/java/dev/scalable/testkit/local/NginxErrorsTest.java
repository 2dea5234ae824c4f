package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers that nginx makes itself are RFC 9457 problems that say so; an instance's own pass untouched. */
class NginxErrorsTest {

  private static final JsonMapper JSON = JsonMapper.shared();

  @ParameterizedTest
  @ValueSource(strings = {"GET /a", "GET /a.html", "POST /a"})
  void no_live_instance_is_a_problem_of_nginx(String request) throws IOException {
    Upstream dead = Upstream.answering();
    dead.close();
    try (Nginx nginx = Nginx.before(dead)) {
      for (String key : new String[] {"Accept: */*", "Idempotency-Key: k-1"}) {
        Wire.Answer answer = nginx.ask(request, key, "X-Request-Id: request-4711");

        assertProblem(answer, 502, "Bad Gateway");
        assertThat(answer.header("retry-after")).isEqualTo("1");
        assertThat(JSON.readTree(answer.body()).get("requestId").asString()).isEqualTo("request-4711");
      }
    }
  }

  @Test
  void the_inside_is_not_reachable_however_it_is_spelt() throws IOException {
    List<String> spellings =
        List.of(
            "/internal",
            "/internal/",
            "/internal/metrics",
            "/%69nternal/metrics",
            "//internal/x",
            "/a/../internal/x",
            "/internal;a/metrics",
            "/internal%2Fmetrics");
    try (Upstream upstream = Upstream.answering();
        Nginx nginx = Nginx.before(upstream)) {
      for (String target : spellings) {
        assertProblem(nginx.ask("GET " + target), 404, "Not Found");
        assertProblem(nginx.ask("POST " + target, "Idempotency-Key: k-1"), 404, "Not Found");
        assertThat(upstream.received()).as(target).isEmpty();
      }
    }
  }

  @Test
  void a_body_above_the_limit_is_refused_before_an_instance_is_asked() throws IOException {
    try (Upstream upstream = Upstream.answering();
        Nginx nginx = Nginx.before(upstream);
        Wire announced = nginx.connect();
        Wire allowed = nginx.connect()) {
      announced.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n");
      assertProblem(announced.answer(), 413, "Content Too Large");
      assertThat(upstream.received()).isEmpty();

      assertThat(allowed.askWithBody("x".repeat(1_048_576), "POST /").status()).isEqualTo(200);
    }
  }

  @Test
  void what_nginx_cannot_read_is_a_problem_too() throws IOException {
    try (Upstream upstream = Upstream.answering();
        Nginx nginx = Nginx.before(upstream)) {
      assertProblem(nginx.ask("GET /" + "a".repeat(9_000)), 414, "URI Too Long");
      assertProblem(nginx.ask("GET /", "Large: " + "a".repeat(9_000)), 431, "Request Header Fields Too Large");
      assertProblem(nginx.ask("GET /", "Host: two"), 400, "Bad Request");
      assertProblem(nginx.ask("TRACE /"), 405, "Method Not Allowed");
      assertThat(upstream.received()).isEmpty();
    }
  }

  @Test
  void a_client_above_the_limits_is_told_so_where_they_are_switched_on() throws IOException {
    try (Upstream upstream = Upstream.answering();
        Nginx nginx = Nginx.before(List.of(upstream.address()), "include options/limits.conf;");
        Wire wire = nginx.connect()) {
      // 400 at once and 200 a second are allowed: 20 s would not be enough for all of these.
      Wire.Answer answer = wire.ask("GET /");
      for (int i = 0; i < 4_000 && answer.status() == 200; i++) {
        answer = wire.ask("GET /");
      }
      assertProblem(answer, 429, "Too Many Requests");
      assertThat(answer.header("retry-after")).isEqualTo("1");
      assertThat(upstream.received()).hasSizeGreaterThan(400);
    }
  }

  @Test
  void an_instances_own_error_passes_untouched() throws IOException {
    try (Upstream upstream = Upstream.handling(exchange -> Upstream.answer(exchange, pathAsStatus(exchange), "mine"));
        Nginx nginx = Nginx.before(upstream)) {
      for (int status : new int[] {400, 404, 413, 418, 429, 500, 502, 503, 504}) {
        for (String key : new String[] {"Accept: */*", "Idempotency-Key: k-1"}) {
          Wire.Answer answer = nginx.ask("GET /" + status, key);

          assertThat(answer.status()).isEqualTo(status);
          assertThat(answer.body()).isEqualTo("mine");
          assertThat(answer.headers()).doesNotContainKeys("x-error-source", "retry-after");
        }
      }
    }
  }

  @Test
  void the_status_server_answers_without_an_instance() throws IOException {
    Upstream dead = Upstream.answering();
    dead.close();
    try (Nginx nginx = Nginx.before(dead);
        Wire wire = nginx.connectToStatus()) {
      for (Map.Entry<String, Integer> expected :
          Map.of("/calibration", 204, "/lb-health", 204, "/stub_status", 200, "/other", 404).entrySet()) {
        assertThat(wire.ask("GET " + expected.getKey()).status()).as(expected.getKey()).isEqualTo(expected.getValue());
      }
      assertThat(wire.ask("GET /stub_status").body()).startsWith("Active connections:");
    }
  }

  private static int pathAsStatus(HttpExchange exchange) {
    return Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
  }

  private static void assertProblem(Wire.Answer answer, int status, String title) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("x-error-source")).isEqualTo("nginx");
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.get("type").asString()).isEqualTo("about:blank");
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("title").asString()).isEqualTo(title);
    assertThat(answer.header("x-request-id")).isEqualTo(problem.get("requestId").asString());
  }
}
