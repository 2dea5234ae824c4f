package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an instance is told about a client, and a client about an instance. */
class NginxHeadersTest {

  private static Upstream upstream;
  private static Nginx nginx;

  @BeforeAll
  static void start() throws IOException {
    upstream =
        Upstream.handling(
            exchange -> {
              exchange.getResponseHeaders().add("X-Request-Id", "the-apps-own");
              exchange.getResponseHeaders().add("X-Error-Source", "nginx");
              exchange.getResponseHeaders().add("X-Accel-Redirect", "/internal/secret");
              if (exchange.getRequestURI().getPath().equals("/page")) {
                exchange.getResponseHeaders().add("Content-Security-Policy", "default-src 'self'");
              }
              Upstream.answer(exchange, 200, "ok");
            });
    nginx = Nginx.before(upstream);
  }

  @AfterAll
  static void stop() throws IOException {
    nginx.close();
    upstream.close();
  }

  @Test
  void what_a_client_claims_about_itself_is_overwritten() throws IOException {
    nginx.ask(
        "GET /",
        "X-Forwarded-For: 1.2.3.4",
        "X-Forwarded-For: 5.6.7.8",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Port: 443",
        "X-Forwarded-Prefix: /admin",
        "X-Real-IP: 1.2.3.4",
        "X-Original-URL: /admin",
        "X_Forwarded_For: 1.2.3.4",
        "Forwarded: for=1.2.3.4",
        "Proxy: http://evil.example");

    assertThat(upstream.received().getLast().headers())
        .containsEntry("x-forwarded-for", "127.0.0.1")
        .containsEntry("x-real-ip", "127.0.0.1")
        .containsEntry("x-forwarded-host", "shop.example")
        .containsEntry("host", "shop.example")
        .containsEntry("x-forwarded-proto", "http")
        .doesNotContainKeys("forwarded", "proxy", "x-original-url", "x-forwarded-prefix", "x_forwarded_for")
        .allSatisfy((name, value) -> assertThat(value).doesNotContain("1.2.3.4", "evil.example"));
  }

  @Test
  void a_client_of_http_1_0_without_a_host_gives_an_instance_one_all_the_same() throws IOException {
    try (Wire wire = nginx.connect()) {
      wire.send("GET / HTTP/1.0\r\n\r\n");

      assertThat(wire.answer().status()).isEqualTo(200);
      assertThat(upstream.received().getLast().headers()).containsEntry("host", "localhost");
    }
  }

  @Test
  void a_sane_request_id_is_kept_on_the_way_in_and_out() throws IOException {
    Wire.Answer answer = nginx.ask("GET /", "X-Request-Id: order-4711.a_B");

    assertThat(upstream.received().getLast().headers()).containsEntry("x-request-id", "order-4711.a_B");
    assertThat(answer.header("x-request-id")).isEqualTo("order-4711.a_B");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "has space in it", "quote\"quote\"", "{\"json\":1}", "snowman-\u00ff-snowman"})
  void an_unfit_request_id_is_replaced(String id) throws IOException {
    Wire.Answer answer = nginx.ask("GET /", "X-Request-Id: " + id);

    assertThat(answer.header("x-request-id")).matches("[0-9a-f]{32}");
    assertThat(upstream.received().getLast().headers()).containsEntry("x-request-id", answer.header("x-request-id"));
  }

  @Test
  void a_request_id_of_65_characters_is_replaced() throws IOException {
    assertThat(nginx.ask("GET /", "X-Request-Id: " + "a".repeat(65)).header("x-request-id")).hasSize(32);
    assertThat(nginx.ask("GET /", "X-Request-Id: " + "a".repeat(64)).header("x-request-id")).hasSize(64);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/internal/x", "/with-key"})
  void security_headers_are_on_every_answer(String target) throws IOException {
    Wire.Answer answer = nginx.ask("GET " + target, target.equals("/with-key") ? "Idempotency-Key: k" : "Accept: */*");

    assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
    assertThat(answer.header("content-security-policy")).isEqualTo("default-src 'none'; frame-ancestors 'none'");
    assertThat(answer.header("server")).isEqualTo("nginx");
  }

  @Test
  void an_apps_own_policy_wins() throws IOException {
    assertThat(nginx.ask("GET /page").header("content-security-policy")).isEqualTo("default-src 'self'");
  }

  @Test
  void an_instance_can_neither_redirect_inside_nginx_nor_claim_to_be_it() throws IOException {
    Wire.Answer answer = nginx.ask("GET /");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("ok");
    assertThat(answer.headers()).doesNotContainKeys("x-error-source", "x-accel-redirect");
  }
}
