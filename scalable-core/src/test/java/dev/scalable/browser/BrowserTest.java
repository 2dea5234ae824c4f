package dev.scalable.browser;

import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.auth.Bearer;
import dev.scalable.auth.TokenVerifier;
import dev.scalable.http.Filters;
import dev.scalable.http.Principal;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.server.ServerSettings;
import dev.scalable.server.TestServer;
import dev.scalable.server.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What browsers are told of other origins, and how careful to be. */
class BrowserTest {

  private static final Cors SHOP = Cors.from("https://shop.example", "http://localhost:3000");

  private static final Route PRICE = Route.get("/price", r -> Response.text("7").header("Vary", "Accept-Language"));
  private static final Route FAILS = Route.get("/fails", r -> {
    throw new IllegalStateException("broken");
  });

  private static TestServer start(ServerSettings.Threads threads, Filters filters) {
    return TestServer.start(TestServer.settings(threads), Set.of(PRICE, FAILS), filters);
  }

  private static String preflight(String origin, String... more) {
    List<String> headers = new ArrayList<>(List.of("Origin: " + origin, "Access-Control-Request-Method: PUT"));
    headers.addAll(List.of(more));
    return head("OPTIONS /price", headers.toArray(String[]::new));
  }

  @ParameterizedTest
  @EnumSource
  void a_permitted_origin_is_named_and_caches_are_told(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = start(threads, Filters.of(SHOP)); Wire wire = server.connect()) {
      Wire.Answer answer = wire.ask(get("/price", "Origin: https://shop.example"));
      assertThat(answer.body()).isEqualTo("7");
      assertThat(answer.all("Access-Control-Allow-Origin")).containsExactly("https://shop.example");
      assertThat(answer.all("Access-Control-Allow-Credentials")).isEmpty();
      assertThat(answer.all("Vary")).containsExactlyInAnyOrder("Accept-Language", "Origin");
      assertThat(answer.header("Access-Control-Expose-Headers").orElse("")).contains("ETag", "X-Request-Id");
      assertThat(wire.ask(get("/price", "Origin: http://localhost:3000")).all("Access-Control-Allow-Origin"))
          .containsExactly("http://localhost:3000");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example", "https://shop.example.evil", "https://shop.example:8443",
      "http://shop.example", "https://SHOP.example", "https://shop.example/", "null", "*",
      "https://shop.example https://evil.example"})
  void any_other_origin_is_not_named_and_caches_are_told_all_the_same(String origin) throws Exception {
    try (TestServer server = start(TestServer.threads(), Filters.of(SHOP.withCredentials()));
        Wire wire = server.connect()) {
      for (Wire.Answer answer : List.of(wire.ask(get("/price", "Origin: " + origin)), wire.ask(preflight(origin)))) {
        assertThat(answer.status()).isIn(200, 204);
        assertThat(answer.headers()).noneMatch(line -> line.toLowerCase(Locale.ROOT).startsWith("access-control"));
        assertThat(answer.all("Vary")).contains("Origin");
      }
    }
  }

  @Test
  void an_answer_to_nobody_in_particular_varies_too() throws Exception {
    try (TestServer server = start(TestServer.threads(), Filters.of(SHOP)); Wire wire = server.connect()) {
      Wire.Answer answer = wire.ask(get("/price"));
      assertThat(answer.all("Vary")).contains("Origin");
      assertThat(answer.all("Access-Control-Allow-Origin")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_preflight_is_answered_before_a_token_is_asked_for(ServerSettings.Threads threads) throws Exception {
    TokenVerifier nobody = token -> {
      throw new TokenVerifier.Refused("nobody");
    };
    TokenVerifier light = new TokenVerifier() {
      @Override
      public Principal verify(String token) throws Refused {
        return nobody.verify(token);
      }

      @Override
      public boolean blocks() {
        return false;
      }
    };
    try (TestServer server = start(threads, Filters.of(SHOP, Bearer.tokens(light))); Wire wire = server.connect()) {
      Wire.Answer answer = wire.ask(preflight("https://shop.example", "Access-Control-Request-Headers: content-type"));
      assertThat(answer.status()).isEqualTo(204);
      assertThat(answer.all("Access-Control-Allow-Origin")).containsExactly("https://shop.example");
      assertThat(answer.header("Access-Control-Allow-Methods").orElse("")).contains("PUT", "DELETE")
          .doesNotContain("OPTIONS");
      assertThat(answer.header("Access-Control-Allow-Headers").orElse("")).contains("Content-Type", "Authorization");
      assertThat(answer.header("Access-Control-Max-Age")).contains("600");
      assertThat(String.join(", ", answer.all("Vary")))
          .contains("Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers");
      Wire.Answer refused = wire.ask(get("/price", "Origin: https://shop.example"));
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.all("Access-Control-Allow-Origin")).as("or the page could not read that").hasSize(1);
    }
  }

  @Test
  void an_options_request_that_is_no_preflight_gets_the_methods_of_its_path() throws Exception {
    try (TestServer server = start(TestServer.threads(), Filters.of(SHOP)); Wire wire = server.connect()) {
      Wire.Answer answer = wire.ask(head("OPTIONS /price", "Origin: https://shop.example"));
      assertThat(answer.header("Allow").orElse("")).contains("GET");
    }
  }

  @Test
  void failures_and_refusals_can_be_read_by_a_permitted_page() throws Exception {
    try (TestServer server = start(TestServer.threads(), Filters.of(SHOP)); Wire wire = server.connect()) {
      for (String path : List.of("/fails", "/nowhere")) {
        assertThat(wire.ask(get(path, "Origin: https://shop.example")).all("Access-Control-Allow-Origin"))
            .containsExactly("https://shop.example");
      }
    }
  }

  @Test
  void credentials_are_permitted_only_where_told_and_never_to_all() throws Exception {
    try (TestServer server = start(TestServer.threads(), Filters.of(SHOP.withCredentials()));
        Wire wire = server.connect()) {
      assertThat(wire.ask(get("/price", "Origin: https://shop.example")).all("Access-Control-Allow-Credentials"))
          .containsExactly("true");
    }
    assertThatThrownBy(() -> Cors.fromAnywhere().withCredentials()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void what_is_for_all_is_for_all_and_no_origin_is_reflected() throws Exception {
    try (TestServer server = start(TestServer.threads(), Filters.of(Cors.fromAnywhere()));
        Wire wire = server.connect()) {
      for (Wire.Answer answer : List.of(wire.ask(get("/price", "Origin: null")),
          wire.ask(preflight("https://any.example")))) {
        assertThat(answer.all("Access-Control-Allow-Origin")).containsExactly("*");
        assertThat(answer.all("Access-Control-Allow-Credentials")).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "null", "shop.example", "https://shop.example/", "https://shop.example/x",
      "https://Shop.example", "https://*.shop.example", "https://u@shop.example", "https://shop.example:443",
      "ftp://shop.example", "https://", ""})
  void what_no_browser_would_send_as_an_origin_is_refused_when_the_program_starts(String origin) {
    assertThatThrownBy(() -> Cors.from("https://fine.example", origin)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[" + origin + "]");
  }

  @Test
  void careful_headers_are_on_every_answer_and_leave_those_of_a_handler_alone() throws Exception {
    SecurityHeaders headers = SecurityHeaders.standard().withContentSecurityPolicy("default-src 'none'")
        .withStrictTransportSecurity(Duration.ofDays(1));
    Route framed = Route.get("/framed", r -> Response.text("").header("x-frame-options", "SAMEORIGIN"));
    try (TestServer server = TestServer.start(TestServer.settings(TestServer.threads()),
            Set.of(framed, FAILS),
            Filters.of(headers)); Wire wire = server.connect()) {
      assertThat(List.of(get("/fails"), get("/nowhere"), head("OPTIONS /framed"))).allSatisfy(request -> {
        Wire.Answer answer = wire.ask(request);
        assertThat(answer.all("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(answer.all("X-Frame-Options")).containsExactly("DENY");
        assertThat(answer.all("Referrer-Policy")).containsExactly("no-referrer");
        assertThat(answer.all("Content-Security-Policy")).containsExactly("default-src 'none'");
        assertThat(answer.all("Strict-Transport-Security")).containsExactly("max-age=86400");
      });
      assertThat(wire.ask(get("/framed")).all("X-Frame-Options")).containsExactly("SAMEORIGIN");
    }
  }

  @Test
  void strict_transport_security_is_said_only_when_told() throws Exception {
    try (TestServer server = start(TestServer.threads(), Filters.of(SecurityHeaders.standard()));
        Wire wire = server.connect()) {
      assertThat(wire.ask(get("/price"))).satisfies(answer -> {
        assertThat(answer.all("Strict-Transport-Security")).isEmpty();
        assertThat(answer.all("Content-Security-Policy")).isEmpty();
        assertThat(answer.all("X-Frame-Options")).hasSize(1);
      });
    }
  }
}
