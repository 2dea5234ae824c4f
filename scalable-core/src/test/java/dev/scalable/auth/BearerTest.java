package dev.scalable.auth;

import static dev.scalable.server.Wire.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.http.Filter;
import dev.scalable.http.Filters;
import dev.scalable.http.Lookup;
import dev.scalable.http.Principal;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.server.ServerSettings;
import dev.scalable.server.TestServer;
import dev.scalable.server.Wire;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request with a token is answered, and one without. */
class BearerTest {

  /** A verifier that computes only, as one with keys at hand does. */
  private static final TokenVerifier LIGHT = new TokenVerifier() {
    @Override
    public Principal verify(String token) throws Refused {
      return switch (token) {
        case "ali" -> new Principal("ali", Map.of("scope", "orders:read orders:write"));
        case "eve" -> new Principal("eve", Map.of("scp", List.of("orders:read")));
        case "zoe" -> new Principal("zoe", Map.of("scope", "xorders:write orders:writex"));
        default -> throw new Refused("Nobody's, or \"old\"");
      };
    }

    @Override
    public boolean blocks() {
      return false;
    }
  };

  private static final Lookup<String, String> WARM = new Lookup<>() {
    @Override
    public @Nullable Found<String> peek(String key) {
      return () -> Thread.currentThread().getName();
    }

    @Override
    public String get(String key) {
      return Thread.currentThread().getName();
    }
  };

  private static final Route WHO = Route.get("/who", r -> Response.text(r.principal().name()));

  private static TestServer start(ServerSettings.Threads threads, Route... routes) {
    return TestServer.start(threads, routes);
  }

  @ParameterizedTest
  @EnumSource
  void a_good_token_tells_the_handler_who_asks_however_its_scheme_is_written(ServerSettings.Threads threads)
      throws Exception {
    try (TestServer server = start(threads, WHO.with(Bearer.tokens(LIGHT))); Wire wire = server.connect()) {
      assertThat(wire.ask(get("/who", "Authorization: Bearer ali")).body()).isEqualTo("ali");
      assertThat(wire.ask(get("/who", "authorization: bEARER   eve")).body()).isEqualTo("eve");
    }
  }

  @ParameterizedTest
  @EnumSource
  void without_a_token_the_answer_is_401_and_names_the_scheme_alone(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = start(threads, WHO.with(Bearer.tokens(LIGHT))); Wire wire = server.connect()) {
      assertThat(List.of(wire.ask(get("/who")), wire.ask(get("/who", "Authorization: Basic YWxpOmFsaQ==")),
          wire.ask(get("/who", "Authorization: Bearerali")), wire.ask(get("/who?access_token=ali"))))
              .allSatisfy(answer -> {
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.all("WWW-Authenticate")).containsExactly("Bearer");
            assertThat(answer.header("Content-Type")).contains("application/problem+json");
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer", "Bearer ", "Bearer ali eve", "Bearer ali,eve", "Bearer \"ali\"", "Bearer a=li",
      "Bearer \u00e4"})
  void what_is_not_one_token_is_a_400(String credentials) throws Exception {
    try (TestServer server = start(TestServer.threads(), WHO.with(Bearer.tokens(LIGHT)));
        Wire wire = server.connect()) {
      Wire.Answer answer = wire.ask(get("/who", "Authorization: " + credentials));
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.all("WWW-Authenticate")).containsExactly("Bearer error=\"invalid_request\"");
    }
  }

  @Test
  void a_token_that_is_not_good_is_a_401_that_says_why_in_characters_that_the_header_may_have() throws Exception {
    try (TestServer server = start(TestServer.threads(), WHO.with(Bearer.tokens(LIGHT)));
        Wire wire = server.connect()) {
      Wire.Answer answer = wire.ask(get("/who", "Authorization: Bearer forged"));
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.all("WWW-Authenticate"))
          .containsExactly("Bearer error=\"invalid_token\", error_description=\"Nobody's, or ?old?\"");
    }
  }

  @Test
  void a_token_that_is_longer_than_any_is_not_shown_to_the_verifier() throws Exception {
    TokenVerifier everybody = token -> Principal.named("anyone");
    try (TestServer server = start(TestServer.threads(), WHO.with(Bearer.tokens(everybody)));
        Wire wire = server.connect()) {
      assertThat(wire.ask(get("/who", "Authorization: Bearer " + "a".repeat(8_000))).status()).isEqualTo(200);
      Wire.Answer answer = wire.ask(get("/who", "Authorization: Bearer " + "a".repeat(8_001)));
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.header("WWW-Authenticate").orElse("")).contains("invalid_token");
    }
  }

  @ParameterizedTest
  @EnumSource
  void who_is_known_and_may_not_is_a_403_that_names_the_scope(ServerSettings.Threads threads) throws Exception {
    Route write = Route.get("/write", r -> Response.text("written"))
        .with(Bearer.tokens(LIGHT), Bearer.scope("orders:write"));
    Route read = Route.get("/read", r -> Response.text("read")).with(Bearer.tokens(LIGHT), Bearer.scope("orders:read"));
    try (TestServer server = start(threads, write, read); Wire wire = server.connect()) {
      assertThat(wire.ask(get("/write", "Authorization: Bearer ali")).body()).isEqualTo("written");
      assertThat(wire.ask(get("/read", "Authorization: Bearer eve")).body()).isEqualTo("read");
      assertThat(List.of("eve", "zoe")).allSatisfy(name -> {
        Wire.Answer answer = wire.ask(get("/write", "Authorization: Bearer " + name));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.all("WWW-Authenticate"))
            .containsExactly("Bearer error=\"insufficient_scope\", scope=\"orders:write\"");
      });
      assertThat(wire.ask(get("/write")).status()).isEqualTo(401);
    }
  }

  @Test
  void a_scope_that_could_not_be_written_into_a_header_is_refused_when_the_route_is_made() {
    assertThatThrownBy(() -> Bearer.scope("orders\" x=\"")).hasMessageContaining("one word");
    assertThatThrownBy(() -> Bearer.scope("two words")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Bearer.scope("")).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource
  void a_cached_value_stays_on_the_io_thread_only_with_a_verifier_that_does_not_block(ServerSettings.Threads threads)
      throws Exception {
    TokenVerifier slow = token -> LIGHT.verify(token);
    Filter scope = Bearer.scope("orders:read");
    try (TestServer server = start(threads,
            Route.get("/light/{key}", WARM, r -> r.path("key"), Response::text).with(Bearer.tokens(LIGHT), scope),
            Route.get("/slow/{key}", WARM, r -> r.path("key"), Response::text).with(Bearer.tokens(slow), scope));
        Wire wire = server.connect()) {
      assertThat(wire.ask(get("/light/x", "Authorization: Bearer ali")).body()).startsWith("http I/O");
      assertThat(wire.ask(get("/slow/x", "Authorization: Bearer ali")).body()).doesNotStartWith("http I/O");
      assertThat(wire.ask(get("/light/x")).status()).isEqualTo(401);
    }
  }

  @Test
  void as_a_filter_of_all_routes_it_does_not_tell_a_stranger_which_addresses_exist() throws Exception {
    try (TestServer server = TestServer.start(TestServer.settings(TestServer.threads()), Set.of(WHO),
            Filters.of(Bearer.tokens(LIGHT)));
        Wire wire = server.connect()) {
      assertThat(wire.ask(get("/nowhere")).status()).isEqualTo(401);
      assertThat(wire.ask(get("/nowhere", "Authorization: Bearer ali")).status()).isEqualTo(404);
    }
  }

  @Test
  void an_opaque_token_is_looked_up_by_its_digest() throws Exception {
    // printf hello | sha256sum
    Map<String, Principal> table =
        Map.of("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", Principal.named("ali"));
    TokenVerifier verifier = TokenVerifier.opaque(digest -> Optional.ofNullable(table.get(digest)));
    assertThat(verifier.verify("hello").name()).isEqualTo("ali");
    assertThatThrownBy(() -> verifier.verify("hellO")).isInstanceOf(TokenVerifier.Refused.class);
    assertThat(verifier.blocks()).isTrue();
  }
}
