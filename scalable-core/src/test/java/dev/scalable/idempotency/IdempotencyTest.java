package dev.scalable.idempotency;

import static dev.scalable.idempotency.KeyedPair.REPLAYED;
import static dev.scalable.idempotency.KeyedPair.assertReplay;
import static dev.scalable.idempotency.KeyedPair.effects;
import static dev.scalable.idempotency.KeyedPair.insert;
import static dev.scalable.idempotency.KeyedPair.keys;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.check.StatelessCheck;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.server.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request that is sent again with its key: what is answered, what is kept, and what has its effect once. */
class IdempotencyTest {

  @RegisterExtension
  static final KeyedPair PAIR = new KeyedPair();

  private final KeyedInstance one = PAIR.one();
  private final KeyedInstance two = PAIR.two();
  private final String key = UUID.randomUUID().toString();

  @Test
  void a_second_request_gets_the_answer_of_the_first_and_has_no_effect() {
    Wire.Answer first = one.ask("POST /work", key, "a");
    assertThat(first.status()).isEqualTo(201);
    assertThat(first.header(REPLAYED)).isEmpty();
    assertThat(first.header("Location").orElseThrow()).startsWith("/work/");
    assertThat(first.header("ETag")).isPresent();

    assertReplay(one.ask("POST /work", key, "a"), first);
    assertReplay(two.ask("POST /work", key, "a"), first);
    assertThat(effects()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST /work/7", "PUT /work/7", "PATCH /work/7", "DELETE /work/7", "POST /bare"})
  void every_method_may_be_repeated(String methodAndTarget) {
    Wire.Answer first = one.ask(methodAndTarget, key, "a");
    assertThat(first.status()).isEqualTo(201);
    assertReplay(two.ask(methodAndTarget, key, "a"), first);
    assertThat(effects()).isEqualTo(1);
  }

  @Test
  void a_key_in_quotes_is_the_key_without_them() {
    Wire.Answer first = one.ask("POST /work", "\"" + key + "\"", "a");
    assertReplay(two.ask("POST /work", key, "a"), first);
    Wire.Answer odd = one.ask("POST /work", "\"a \\\"b\\\\ ,;c\"", "a");
    assertReplay(two.ask("POST /work", "\"a \\\"b\\\\ ,;c\"", "a"), odd);
    assertThat(effects()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\"\"", "\"", "a b", "a,b", "a;b=1", "\"a\";b", "\"a", "a\"", "\"a\\\"", "\"a\\b\"",
      "\"a\"b\"", "a\\b", "k\u00e9y", "\"k\u00e9y\"", "LONG"})
  void a_malformed_key_is_refused(String malformed) {
    Wire.Answer answer = one.ask("POST /work", malformed.replace("LONG", "x".repeat(256)), "a");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(effects()).isZero();
    assertThat(one.ask("POST /work", "x".repeat(255), "a").status()).as("the longest").isEqualTo(201);
  }

  @Test
  void a_missing_key_is_refused_where_one_is_needed_and_else_protects_nothing() {
    Wire.Answer refused = one.ask("POST /work", null, "a");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body()).contains("needs the header Idempotency-Key");
    assertThat(one.ask("PUT /work/7", null, "a").status()).isEqualTo(201);
    assertThat(one.ask("PUT /work/7", null, "a").status()).isEqualTo(201);
    assertThat(effects()).isEqualTo(2);
    assertThat(keys()).isZero();
  }

  @Test
  void a_body_that_cannot_be_read_does_not_use_up_the_key() {
    assertThat(one.ask("POST /work", key, "\"").status()).isEqualTo(400);
    assertThat(one.ask("POST /work", key, "a").status()).isEqualTo(201);
    assertThat(effects()).isEqualTo(1);
  }

  @Test
  void a_key_stands_for_one_request_alone() {
    one.ask("POST /work/1?x=1", key, "a");
    for (String other : List.of("POST /work/2?x=1", "POST /work/1?x=2", "POST /work/1")) {
      assertThat(two.ask(other, key, "a").status()).as(other).isEqualTo(422);
    }
    Wire.Answer body = two.ask("POST /work/1?x=1", key, "b");
    assertThat(body.status()).isEqualTo(422);
    assertThat(body.body()).contains("take a new key for a new request").doesNotContain("\"text\":\"a\"");
    assertThat(effects()).isEqualTo(1);
  }

  @Test
  void a_key_of_one_principal_or_route_says_nothing_to_another() {
    assertThat(one.ask("POST /work", key, "a", "X-Who: ann").status()).isEqualTo(201);
    for (Wire.Answer other : List.of(one.ask("POST /work", key, "a", "X-Who: bob"), one.ask("POST /work", key, "b"),
        one.ask("PATCH /work/1", key, "a", "X-Who: ann"), one.ask("POST /work/1", key, "a", "X-Who: ann"))) {
      assertThat(other.status()).isEqualTo(201);
      assertThat(other.header(REPLAYED)).isEmpty();
    }
    assertThat(effects()).isEqualTo(5);
    assertThat(two.ask("POST /work", key, "a", "X-Who: ann").header(REPLAYED)).contains("true");
  }

  @Test
  void what_a_handler_throws_rolls_back_and_keeps_nothing() {
    AtomicInteger runs = new AtomicInteger();
    for (Exception thrown : List.of(Problem.notFound("nothing"), new IllegalStateException("unexpected"),
        new IOException("checked"))) {
      Idempotent.BodyWork<String> failing = (tx, r, text) -> {
        runs.incrementAndGet();
        insert(tx, r, text);
        throw thrown;
      };
      one.does(failing);
      int status = thrown instanceof Problem problem ? problem.status() : 500;
      assertThat(one.ask("POST /work", key, "a").status()).isEqualTo(status);
      assertThat(one.ask("POST /work", key, "a").status()).isEqualTo(status);
    }
    assertThat(runs).hasValue(6);
    assertThat(effects() + keys()).isZero();
    assertThat(two.ask("POST /work", key, "a").header(REPLAYED)).isEmpty();
    assertThat(effects()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 303, 404, 409, 422})
  void what_a_handler_returns_is_committed_and_kept(int status) {
    one.does((tx, r, text) -> {
      insert(tx, r, text);
      return Response.json(status, text);
    });
    Wire.Answer first = one.ask("POST /work", key, "a");
    assertThat(first.status()).isEqualTo(status);
    assertReplay(two.ask("POST /work", key, "a"), first);
    assertThat(effects()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 429, 500, 503})
  void an_answer_that_settles_nothing_rolls_back_and_is_not_kept(int status) {
    for (String target : List.of("POST /work", "PUT /work/1")) {
      one.does((tx, r, text) -> {
        insert(tx, r, text);
        return Response.status(status).header("Retry-After", "1");
      });
      String first = target.startsWith("POST") ? key : null;
      assertThat(one.ask(target, first, "a").status()).isEqualTo(status);
      assertThat(effects() + keys()).isZero();
      one.does(KeyedPair::insert);
    }
    Wire.Answer again = one.ask("POST /work", key, "a");
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.header(REPLAYED)).isEmpty();
  }

  @Test
  void an_answer_that_cannot_be_kept_is_an_error_and_has_no_effect() {
    List<Response> answers =
        List.of(Response.stream("text/plain", out -> out.write('x')), Response.text("x".repeat(300_000)));
    for (Response answer : answers) {
      one.does((tx, r, text) -> {
        insert(tx, r, text);
        return answer;
      });
      assertThat(one.ask("POST /work", key, "a").status()).isEqualTo(500);
      assertThat(effects() + keys()).isZero();
    }
  }

  @Test
  void actions_after_the_commit_run_once() {
    AtomicInteger committed = new AtomicInteger();
    one.does((tx, r, text) -> {
      tx.afterCommit(committed::incrementAndGet);
      return Response.noContent();
    });
    Wire.Answer first = one.ask("POST /work", key, "a");
    assertThat(first.status()).isEqualTo(204);
    assertReplay(one.ask("POST /work", key, "a"), first);
    assertThat(committed).hasValue(1);
  }

  @Test
  void state_that_a_handler_has_captured_stops_the_start() {
    List<String> seen = new ArrayList<>();
    Route route = one.parts().idempotent().post("/x", (tx, r) -> {
      seen.add(r.path());
      return Response.ok(List.copyOf(seen));
    });
    List<StatelessCheck.Root> roots = List.of(new StatelessCheck.Root("Route POST /x", route));
    assertThatThrownBy(() -> StatelessCheck.of(KeyedInstance.Wiring.class, roots).run())
        .isInstanceOf(StatelessCheck.Failed.class).hasMessageContaining("captured variable: ArrayList");
    Route fine = KeyedInstance.routeWithoutState(one.parts().idempotent());
    StatelessCheck.of(KeyedInstance.Wiring.class, List.of(new StatelessCheck.Root("Route POST /x", fine))).run();
  }

  @Test
  void a_route_is_said_to_be_made_where_the_app_made_it() {
    assertThat(one.parts().idempotent().post("/x", (tx, r) -> Response.noContent()).declaredAt())
        .contains("IdempotencyTest.java");
  }
}
