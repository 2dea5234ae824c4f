package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.http.Response;
import dev.scalable.http.Route;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What observers are told of requests, over raw sockets. */
class RequestObserverTest {

  private static final RequestObserver.Ended NONE = new RequestObserver.Ended("", "", "", "", "", 0, 0, 0, "", 0);

  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private final Queue<RequestObserver.Ended> told = new ConcurrentLinkedQueue<>();
  private final TestServer server = TestServer.observed(TestServer.trusting("127.0.0.1"), Set.of(
      Route.get("/things/{id}", r -> Response.text("thing " + r.path("id"))),
      Route.get("/inline", r -> Response.text("inline")).inline(),
      Route.get("/failure", r -> {
        throw new IllegalStateException("on purpose");
      }),
      Route.post("/upload", r -> Response.noContent())), (method, route) -> {
        asked.add(method + " " + route);
        return request -> {
          told.add(request);
          if (route.equals("/inline")) {
            throw new IllegalStateException("an observer that fails");
          }
        };
      });

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private RequestObserver.Ended last() {
    // The client may have its answer before the server has ended the request.
    await().until(() -> !told.isEmpty());
    RequestObserver.Ended ended = told.poll();
    return ended == null ? NONE : ended;
  }

  @ParameterizedTest
  @CsvSource({
      "GET, /things/7?secret=x, /things/{id}, /things/7, 200, 7",
      "HEAD, /things/7, /things/{id}, /things/7, 200, 0",
      "GET, /inline, /inline, /inline, 200, 6",
      "GET, /nowhere, UNMATCHED, /nowhere, 404, -1",
      "PUT, /things/7, UNMATCHED, /things/7, 405, -1",
      "OPTIONS, /things/7, UNMATCHED, /things/7, 204, 0",
      "BREW, /things/7, UNMATCHED, /things/7, 501, -1",
      "GET, /things/a%2Fb, UNMATCHED, /things/a%2Fb, 400, -1",
      "GET, /failure, /failure, /failure, 500, -1",
      "GET, /health/live, /health/live, /health/live, 200, -1"})
  void each_request_is_told_with_its_route_and_never_with_what_a_client_made_up(String method, String target, String route,
      String path, int status, long bytes) throws Exception {
    long before = System.currentTimeMillis();
    try (Wire wire = server.connect()) {
      wire.send(head(method + " " + target, "X-Request-Id: request-1", "X-Forwarded-For: 192.0.2.7",
          "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")).answer(!method.equals("HEAD"));
    }
    RequestObserver.Ended ended = last();
    assertThat(ended).isEqualTo(new RequestObserver.Ended("request-1", "0af7651916cd43dd8448eb211c80319c", method, route, path, status,
        bytes < 0 ? ended.bytes() : bytes, ended.nanos(), "192.0.2.7", ended.at()));
    assertThat(ended.bytes()).isBetween(bytes < 0 ? 1L : 0L, 1_000L);
    assertThat(ended.nanos()).isBetween(1L, 10_000_000_000L);
    assertThat(ended.at()).isBetween(before, System.currentTimeMillis());
    assertThat(told).as("told once").isEmpty();
  }

  @Test
  void routes_are_asked_about_before_the_first_request_and_never_again() throws Exception {
    Set<String> before = Set.copyOf(asked);
    assertThat(before).contains("GET /things/{id}", "GET /inline", "GET /health/live", "GET UNMATCHED", "PUT UNMATCHED",
        "OTHER UNMATCHED");
    try (Wire wire = server.connect()) {
      wire.ask(get("/things/7"));
      wire.ask(get("/nowhere"));
    }
    assertThat(asked).hasSize(before.size());
  }

  @Test
  void a_request_whose_client_went_away_in_its_middle_is_told_as_such() throws Exception {
    try (Wire wire = server.connect()) {
      wire.send(head("POST /upload", "Content-Length: 10") + "half");
    }
    RequestObserver.Ended ended = last();
    assertThat(ended.status()).isEqualTo(499);
    assertThat(ended.route()).isEqualTo("/upload");
  }

  @Test
  void an_observer_that_fails_harms_no_request() throws Exception {
    try (Wire wire = server.connect()) {
      assertThat(wire.ask(get("/inline")).body()).isEqualTo("inline");
      assertThat(wire.ask(get("/things/7")).body()).isEqualTo("thing 7");
    }
  }

  @Test
  void a_long_path_is_cut() throws Exception {
    try (Wire wire = server.connect()) {
      assertThat(wire.ask(get("/things/" + "x".repeat(7_000))).status()).isEqualTo(200);
    }
    assertThat(last().path()).hasSize(500);
  }
}
