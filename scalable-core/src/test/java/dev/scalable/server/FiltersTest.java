package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.http.Filter;
import dev.scalable.http.Filters;
import dev.scalable.http.Lookup;
import dev.scalable.http.Principal;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What filters see and change, on the IO thread and on handler threads. */
class FiltersTest {

  /** A lookup that has some values at hand. */
  private static final Lookup<String, String> WARM = new Lookup<>() {
    @Override
    public @Nullable Found<String> peek(String key) {
      return key.equals("warm") ? () -> thread() : null;
    }

    @Override
    public String get(String key) {
      return thread();
    }
  };

  private static String thread() {
    return Thread.currentThread().getName().startsWith("http I/O") ? "on the IO thread" : "on a handler thread";
  }

  private static Filter mark(String name) {
    return (request, next) -> next.proceed(request).header("X-Passed", name + " " + thread());
  }

  private static final Filter TOKEN = Filter.nonBlocking((request, next) -> {
    if (!request.header("authorization").equals(Optional.of("Bearer sesame"))) {
      throw Problem.of(401, "Unauthorized", "Say sesame").header("WWW-Authenticate", "Bearer");
    }
    return next.proceed(request.as(Principal.named("ali")));
  });

  private static TestServer start(ServerSettings.Threads threads, Filters filters, Route... routes) {
    return TestServer.start(TestServer.settings(threads), Set.of(routes), filters);
  }

  private static Route warm() {
    return Route.get("/w/{key}", WARM, r -> r.path("key"), Response::text);
  }

  @ParameterizedTest
  @EnumSource
  void a_request_meets_the_filters_of_all_routes_before_its_own_and_each_once(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = start(threads, Filters.of(mark("first"), mark("second")),
        Route.get("/x", r -> Response.text("x")).with(mark("third")).with(mark("fourth")));
        Wire wire = server.connect()) {
      assertThat(wire.ask(get("/x")).all("X-Passed")).containsExactly("fourth on a handler thread",
          "third on a handler thread", "second on a handler thread", "first on a handler thread");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_value_at_hand_stays_on_the_io_thread_only_where_no_filter_blocks(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = start(threads, Filters.of(Filter.nonBlocking(mark("light"))), warm(),
        Route.get("/slow/{key}", WARM, r -> r.path("key"), Response::text).with(mark("heavy")));
        Wire wire = server.connect()) {
      assertThat(wire.ask(get("/w/warm"))).satisfies(answer -> {
        assertThat(answer.body()).isEqualTo("on the IO thread");
        assertThat(answer.all("X-Passed")).containsExactly("light on the IO thread");
      });
      assertThat(wire.ask(get("/w/cold")).all("X-Passed")).containsExactly("light on a handler thread");
      assertThat(wire.ask(get("/slow/warm")).all("X-Passed"))
          .containsExactly("heavy on a handler thread", "light on a handler thread");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_value_at_hand_is_not_shown_to_one_without_a_token(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = start(threads, Filters.of(TOKEN), warm()); Wire wire = server.connect()) {
      Wire.Answer stranger = wire.ask(get("/w/warm"));
      assertThat(stranger.status()).isEqualTo(401);
      assertThat(stranger.all("WWW-Authenticate")).containsExactly("Bearer");
      assertThat(wire.ask(get("/w/warm", "Authorization: Bearer sesame")).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_handler_is_told_who_asks_and_a_route_without_such_a_filter_answers_401(ServerSettings.Threads threads) throws Exception {
    Route who = Route.get("/who", r -> Response.text(r.principal().name()));
    Route unprotected = Route.get("/nobody", r -> Response.text(r.principal().name()));
    try (TestServer server = start(threads, Filters.of(), who.with(TOKEN), unprotected);
        Wire wire = server.connect()) {
      assertThat(wire.ask(get("/who", "Authorization: Bearer sesame")).body()).isEqualTo("ali");
      assertThat(wire.ask(get("/nobody", "Authorization: Bearer sesame")).status()).isEqualTo(401);
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_a_filter_adds_is_on_failures_and_on_refusals_as_well(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = start(threads, Filters.of(Filter.nonBlocking(mark("all"))),
        Route.get("/fails", r -> {
          throw new IllegalStateException("secret of the house");
        }),
        Route.post("/small", String.class, (r, body) -> Response.text(body)).withMaxBody(3));
        Wire wire = server.connect()) {
      assertThat(wire.ask(get("/fails"))).satisfies(answer -> {
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.all("X-Passed")).isNotEmpty();
      });
      assertThat(wire.ask(get("/nowhere"))).satisfies(answer -> {
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.all("X-Passed")).containsExactly("all on the IO thread");
      });
      assertThat(wire.ask("OPTIONS /fails HTTP/1.1\r\nHost: t\r\n\r\n").all("X-Passed")).isNotEmpty();
      assertThat(wire.ask(json("POST /small", "\"more than three\""))).satisfies(answer -> {
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.all("X-Passed")).isNotEmpty();
      });
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_filter_that_looks_at_the_path_sees_one_spelling_of_it(ServerSettings.Threads threads) throws Exception {
    Filter guard = Filter.nonBlocking((request, next) -> {
      if (request.path().startsWith("/~admin/@all")) {
        throw Problem.of(403, "Forbidden", "Not for everybody");
      }
      return next.proceed(request);
    });
    Route path = Route.get("/echo/{rest...}", r -> Response.text(r.path() + " " + r.path("rest")));
    try (TestServer server = start(threads, Filters.of(guard), path,
        Route.get("/~admin/@all", r -> Response.text("secret of the house")),
        Route.get("/~admin/{who}", r -> Response.text("of " + r.path("who")))); Wire wire = server.connect()) {
      for (String spelling : List.of("/~admin/@all", "/%7Eadmin/@all", "/%7e%61dmin/%40%61ll", "/~admin/%40all",
          "http://test/~%61dmin/@all")) {
        assertThat(wire.ask(get(spelling)).status()).as(spelling).isEqualTo(403);
      }
      // Decoded once, and no escape is made of what is left of two.
      assertThat(wire.ask(get("/~admin/%2540all")).body()).isEqualTo("of %40all");
      assertThat(wire.ask(get("/echo/%25%36%31")).body()).isEqualTo("/echo/%2561 %61");
      assertThat(wire.ask(get("/echo/a%2bb%3b%c3%a9%20+/%2E%2e.")).body())
          .isEqualTo("/echo/a+b%3B%C3%A9%20+/... a+b;\u00c3\u00a9 +/...");
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_a_filter_that_does_not_block_adds_is_on_an_answer_that_is_late(ServerSettings.Threads threads)
      throws Exception {
    Route late = Route.get("/late", r -> {
      new CountDownLatch(1).await();
      return Response.noContent();
    }).withTimeout(Duration.ofMillis(30));
    try (TestServer server = start(threads, Filters.of(mark("heavy"), Filter.nonBlocking(mark("light"))), late);
        Wire wire = server.connect()) {
      Wire.Answer answer = wire.ask(get("/late"));
      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.all("X-Passed")).containsExactly("light on the IO thread");
      assertThat(answer.header("Content-Type")).contains("application/problem+json");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_filter_that_lacks_what_one_that_blocks_would_have_found_out_changes_no_answer_of_the_server(ServerSettings.Threads threads)
      throws Exception {
    Filter blocking = (request, next) -> next.proceed(request.as(Principal.named("ali")));
    Filter after = Filter.nonBlocking((request, next) -> {
      Response response = next.proceed(request);
      return response.header("X-Of", request.principal().name());
    });
    Route late = Route.get("/late", r -> {
      new CountDownLatch(1).await();
      return Response.noContent();
    }).withTimeout(Duration.ofMillis(30));
    try (TestServer server = start(threads, Filters.of(Filter.nonBlocking(mark("before")), blocking, after,
        Filter.nonBlocking(mark("behind"))), late, Route.get("/x", r -> Response.text("x")));
        Wire wire = server.connect()) {
      assertThat(wire.ask(get("/nowhere"))).satisfies(answer -> {
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.all("X-Passed")).containsExactly("behind on the IO thread", "before on the IO thread");
      });
      assertThat(wire.ask(get("/late")).status()).isEqualTo(504);
      assertThat(wire.ask(get("/x")).header("X-Of")).contains("ali");
    }
  }

  @ParameterizedTest
  @EnumSource
  void health_is_asked_without_passing_the_filters_of_the_app(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = start(threads, Filters.of(TOKEN), warm()); Wire wire = server.connect()) {
      assertThat(wire.ask(get("/health/live")).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_inline_route_is_answered_on_the_io_thread_also_with_a_body(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = start(threads, Filters.of(), Route.get("/i", r -> Response.text(thread())).inline(),
        Route.post("/i", String.class, (r, body) -> Response.text(body + " " + thread())).inline());
        Wire wire = server.connect()) {
      assertThat(wire.ask(get("/i")).body()).isEqualTo("on the IO thread");
      assertThat(wire.ask(json("POST /i", "\"read\"")).body()).isEqualTo("read on the IO thread");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_filter_or_a_handler_that_returns_null_is_a_500(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = start(threads, Filters.of(), nothing("/h"), nothing("/i").inline(),
        Route.get("/f", r -> Response.text("never")).with((request, next) -> nothing()));
        Wire wire = server.connect()) {
      assertThat(wire.ask(get("/h")).status()).isEqualTo(500);
      assertThat(wire.ask(get("/i")).status()).isEqualTo(500);
      assertThat(wire.ask(get("/f")).status()).isEqualTo(500);
    }
  }

  private static Route nothing(String template) {
    return Route.get(template, r -> nothing());
  }

  @SuppressWarnings("NullAway") // what a program without such a checker may do
  private static Response nothing() {
    return null;
  }
}
