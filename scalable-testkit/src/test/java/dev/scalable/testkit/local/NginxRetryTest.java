package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests nginx sends again after an instance took one and closed the connection. */
class NginxRetryTest {

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE"})
  void an_idempotent_request_is_sent_to_the_next_instance(String method) throws IOException {
    try (Upstream dying = Upstream.dyingOnEachRequest();
        Upstream living = Upstream.answering();
        Nginx nginx = Nginx.before(dying, living)) {
      assertThat(nginx.ask(method + " /a").status()).isEqualTo(200);

      assertThat(dying.received()).hasSize(1);
      assertThat(living.received()).hasSize(1);
    }
  }

  @Test
  void a_post_without_a_key_is_never_sent_twice() throws IOException {
    try (Upstream dying = Upstream.dyingOnEachRequest();
        Upstream living = Upstream.answering();
        Nginx nginx = Nginx.before(dying, living);
        Wire wire = nginx.connect()) {
      Wire.Answer answer = wire.askWithBody("order", "POST /orders");

      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.header("x-error-source")).isEqualTo("nginx");
      assertThat(dying.received()).hasSize(1);
      assertThat(living.received()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PATCH"})
  void a_request_with_a_key_is_sent_again_whole(String method) throws IOException {
    String body = "x".repeat(100_000); // larger than the memory buffer: read back from disk for the second attempt
    try (Upstream dying = Upstream.dyingOnEachRequest();
        Upstream living = Upstream.answering();
        Nginx nginx = Nginx.before(dying, living);
        Wire wire = nginx.connect()) {
      Wire.Answer answer = wire.askWithBody(body, method + " /orders", "Idempotency-Key: k-1");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(dying.received()).hasSize(1);
      Upstream.Received again = living.received().getFirst();
      assertThat(again.method()).isEqualTo(method);
      assertThat(again.target()).isEqualTo("/orders");
      assertThat(again.headers()).containsEntry("idempotency-key", "k-1");
      assertThat(again.body()).isEqualTo(body);
    }
  }

  @Test
  void a_post_with_an_empty_key_is_a_post_without_one() throws IOException {
    try (Upstream dying = Upstream.dyingOnEachRequest();
        Upstream living = Upstream.answering();
        Nginx nginx = Nginx.before(dying, living);
        Wire wire = nginx.connect()) {
      assertThat(wire.askWithBody("order", "POST /orders", "Idempotency-Key: ").status()).isEqualTo(502);
      assertThat(living.received()).isEmpty();
    }
  }

  @Test
  void a_post_that_was_refused_at_the_door_goes_to_the_next_instance() throws IOException {
    Upstream dead = Upstream.answering();
    dead.close();
    try (Upstream living = Upstream.answering();
        Nginx nginx = Nginx.before(dead, living);
        Wire wire = nginx.connect()) {
      assertThat(wire.askWithBody("order", "POST /orders").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Idempotency-Key: k-1", "Accept: */*"})
  void an_error_that_an_instance_answers_is_final(String header) throws IOException {
    try (Upstream failing = Upstream.handling(exchange -> Upstream.answer(exchange, 503, "draining"));
        Upstream living = Upstream.answering();
        Nginx nginx = Nginx.before(failing, living)) {
      Wire.Answer answer = nginx.ask("GET /a", header);

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).isEqualTo("draining");
      assertThat(living.received()).isEmpty();
    }
  }
}
