package dev.scalable.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.LibrarySchema;
import dev.scalable.TestStack;
import dev.scalable.check.StatelessCheck;
import dev.scalable.db.PostgresWire;
import dev.scalable.db.Tx;
import dev.scalable.http.EntityTag;
import dev.scalable.http.Problem;
import dev.scalable.http.Request;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.server.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two instances with pools of their own on a real PostgreSQL, and requests that are sent more than once. */
class IdempotencyTest {

  private static final Jdbi ASIDE = Jdbi.create(TestStack.postgres().dataSource());
  private static final String REPLAYED = "Idempotent-Replayed";

  private final String key = UUID.randomUUID().toString();
  private static KeyedInstance one;
  private static KeyedInstance two;

  @BeforeAll
  static void migrate_and_start() throws Exception {
    ASIDE.useHandle(handle -> handle.createScript("""
        drop table if exists effect; create table effect (id bigint generated always as identity primary key, text text not null);
        drop table if exists plain; create table plain (text text not null)
        """).execute());
    LibrarySchema.create(ASIDE);
    one = KeyedInstance.start(IdempotencyTest::insert, "SCALABLE_DB_POOL_SIZE", "4");
    two = KeyedInstance.start(IdempotencyTest::insert, "SCALABLE_DB_POOL_SIZE", "2");
  }

  @AfterAll
  static void stop() throws Exception {
    try (KeyedInstance first = one; KeyedInstance second = two) {
      assertThat(first).isNotSameAs(second);
    }
  }

  @BeforeEach
  void begin_with_nothing() {
    ASIDE.useHandle(handle -> handle.createScript("truncate effect; truncate plain; truncate scalable.idempotency_key").execute());
    one.does(IdempotencyTest::insert);
    two.does(IdempotencyTest::insert);
  }

  /** After each test: nobody waits, no key is taken for one that somebody is at, no connection is out of the pool. */
  @AfterEach
  void nothing_is_left() {
    for (KeyedInstance each : List.of(one, two)) {
      await().untilAsserted(() -> assertThat(each.parts().once().isIdle()).isTrue());
      await().untilAsserted(() -> assertThat(each.parts().db().stats().active()).isZero());
    }
    // Of these two: others are in a transaction now and then, for moments.
    await().untilAsserted(() ->
        assertThat(count("select count(*) from pg_stat_activity where state like 'idle in transaction%'")).isZero());
    assertThat(count("select count(*) from pg_locks where locktype = 'advisory'")).isZero();
  }

  /** The effect that must be there once. */
  private static Response insert(Tx tx, Request request, String text) {
    long id = tx.handle().createQuery("insert into effect (text) values (:text) returning id").bind("text", text)
        .mapTo(Long.class).one();
    return Response.created("/work/" + id, Map.of("id", id, "text", text)).withTag(EntityTag.ofVersion(id));
  }

  private static int count(String sql) {
    return ASIDE.withHandle(handle -> handle.createQuery(sql).mapTo(Integer.class).one());
  }

  private static int effects() {
    return count("select count(*) from effect");
  }

  private static int keys() {
    return count("select count(*) from scalable.idempotency_key");
  }

  private static <T> FutureTask<T> inBackground(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofVirtual().start(task);
    return task;
  }

  private static void assertReplay(Wire.Answer again, Wire.Answer first) {
    assertThat(again.header(REPLAYED)).contains("true");
    assertSame(again, first);
  }

  private static void assertSame(Wire.Answer again, Wire.Answer first) {
    assertThat(again.status()).isEqualTo(first.status());
    assertThat(again.body()).isEqualTo(first.body());
    for (String header : List.of("Location", "ETag", "Content-Type")) {
      assertThat(again.header(header)).isEqualTo(first.header(header));
    }
  }

  /** Work that waits in its transaction, after its effect, until it is told to go on. */
  private static final class Held implements Idempotent.BodyWork<String> {

    private final CountDownLatch begun;
    private final CountDownLatch goOn = new CountDownLatch(1);
    private volatile boolean fails;

    Held(int requests) {
      begun = new CountDownLatch(requests);
    }

    @Override
    public Response in(Tx tx, Request request, String text) throws Exception {
      Response response = insert(tx, request, text);
      begun.countDown();
      assertThat(goOn.await(14, TimeUnit.SECONDS)).isTrue();
      if (fails) {
        throw Problem.of(418, "No", "it fails");
      }
      return response;
    }
  }

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
  @ValueSource(strings = {" ", "\"\"", "\"", "a b", "a,b", "a;b=1", "\"a\";b", "\"a", "a\"", "\"a\\\"", "\"a\\b\"", "\"a\"b\"", "a\\b",
      "k\u00e9y", "\"k\u00e9y\"", "LONG"})
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
    for (Exception thrown : List.of(Problem.notFound("nothing"), new IllegalStateException("unexpected"), new IOException("checked"))) {
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
      one.does(IdempotencyTest::insert);
    }
    Wire.Answer again = one.ask("POST /work", key, "a");
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.header(REPLAYED)).isEmpty();
  }

  @Test
  void an_answer_that_cannot_be_kept_is_an_error_and_has_no_effect() {
    List<Response> answers = List.of(Response.stream("text/plain", out -> out.write('x')), Response.text("x".repeat(300_000)));
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

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_second_request_waits_for_the_first(boolean sameInstance) throws Exception {
    Held held = new Held(1);
    one.does(held);
    KeyedInstance other = sameInstance ? one : two;
    FutureTask<Wire.Answer> first = inBackground(() -> one.ask("POST /work", key, "a"));
    held.begun.await();
    int before = other.entered();
    FutureTask<Wire.Answer> second = inBackground(() -> other.ask("POST /work", key, "a"));
    FutureTask<Wire.Answer> different = inBackground(() -> other.ask("POST /work", key, "b"));
    await().until(() -> other.entered() == before + 2);
    assertThat(second.isDone() || different.isDone()).isFalse();
    held.goOn.countDown();

    assertThat(first.get().status()).isEqualTo(201);
    assertReplay(second.get(), first.get());
    assertThat(different.get().status()).isEqualTo(422);
    assertThat(effects()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_second_request_does_the_work_when_the_first_has_failed(boolean sameInstance) throws Exception {
    Held held = new Held(1);
    held.fails = true;
    one.does(held);
    KeyedInstance other = sameInstance ? one : two;
    FutureTask<Wire.Answer> first = inBackground(() -> one.ask("POST /work", key, "a"));
    held.begun.await();
    one.does(IdempotencyTest::insert);
    int before = other.entered();
    List<FutureTask<Wire.Answer>> others = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      others.add(inBackground(() -> other.ask("POST /work", key, "a")));
    }
    await().until(() -> other.entered() == before + 5);
    held.goOn.countDown();

    assertThat(first.get().status()).isEqualTo(418);
    int replayed = 0;
    for (FutureTask<Wire.Answer> each : others) {
      assertThat(each.get().status()).isEqualTo(201);
      replayed += each.get().header(REPLAYED).isPresent() ? 1 : 0;
    }
    assertThat(replayed).isEqualTo(4);
    assertThat(effects()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_wait_that_ends_before_the_first_is_answered_is_a_conflict_that_may_be_repeated(boolean sameInstance) throws Exception {
    Held slow = new Held(1);
    one.does(slow);
    FutureTask<Wire.Answer> late = inBackground(() -> one.ask("POST /hurried", key, "a"));
    slow.begun.await();
    KeyedInstance other = sameInstance ? one : two;
    Wire.Answer conflict = other.ask("POST /hurried", key, "a");
    assertThat(conflict.status()).isEqualTo(409);
    assertThat(conflict.header("Retry-After")).contains("1");
    assertThat(late.get().status()).as("interrupted at its deadline").isEqualTo(504);
    assertThat(effects()).isZero();
    one.does(IdempotencyTest::insert);
    two.does(IdempotencyTest::insert);
    await().untilAsserted(() -> assertThat(other.ask("POST /hurried", key, "a").status()).isEqualTo(201));
    assertThat(effects()).isEqualTo(1);
  }

  @Test
  void a_hundred_at_once_have_one_effect_and_equal_answers() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<FutureTask<Wire.Answer>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      KeyedInstance to = i % 2 == 0 ? one : two;
      all.add(inBackground(() -> {
        go.await();
        return to.ask("POST /work", key, "a");
      }));
    }
    go.countDown();
    int originals = 0;
    for (FutureTask<Wire.Answer> each : all) {
      assertSame(each.get(), all.getFirst().get());
      originals += each.get().header(REPLAYED).isEmpty() ? 1 : 0;
    }
    assertThat(all.getFirst().get().status()).isEqualTo(201);
    assertThat(originals).isEqualTo(1);
    assertThat(effects()).isEqualTo(1);
  }

  @Test
  void a_thousand_repeats_of_one_key_keep_nobody_else_waiting() throws Exception {
    Held held = new Held(1);
    two.does(held);
    FutureTask<Wire.Answer> first = inBackground(() -> two.ask("POST /work", key, "a"));
    held.begun.await();
    long refused = two.parts().db().stats().refused();
    List<FutureTask<Wire.Answer>> repeats = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      repeats.add(inBackground(() -> two.ask("POST /work", key, "a")));
    }
    // So many wait as may; the others were told at once to come again.
    await().atMost(Duration.ofSeconds(20)).until(() -> repeats.stream().filter(FutureTask::isDone).count() >= 1_000 - 128);
    for (int i = 0; i < 20; i++) {
      assertThat(two.ask("POST /plain", null, "p").status()).isEqualTo(204);
    }
    assertThat(two.parts().db().stats().active()).as("the first has a connection, and nobody else").isEqualTo(1);
    assertThat(two.parts().db().stats().refused()).isEqualTo(refused);
    held.goOn.countDown();

    assertThat(first.get().status()).isEqualTo(201);
    Map<Integer, Long> byStatus = new TreeMap<>();
    for (FutureTask<Wire.Answer> each : repeats) {
      byStatus.merge(each.get().status(), 1L, Long::sum);
      assertThat(each.get().status() == 201 || each.get().header("Retry-After").isPresent()).isTrue();
    }
    assertThat(byStatus.keySet()).isEqualTo(Set.of(201, 503));
    assertThat(byStatus.get(201)).isEqualTo(128);
    assertThat(effects()).isEqualTo(1);
  }

  @Test
  void more_keys_than_connections_that_another_instance_is_at_keep_nobody_else_waiting() throws Exception {
    Held held = new Held(4);
    one.does(held);
    List<FutureTask<Wire.Answer>> firsts = new ArrayList<>();
    List<FutureTask<Wire.Answer>> seconds = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String own = key + i;
      firsts.add(inBackground(() -> one.ask("POST /work", own, "a")));
    }
    held.begun.await();
    int before = two.entered();
    long refused = two.parts().db().stats().refused();
    for (int i = 0; i < 4; i++) {
      String own = key + i;
      seconds.add(inBackground(() -> two.ask("POST /work", own, "a")));
    }
    await().until(() -> two.entered() == before + 4);
    for (int i = 0; i < 20; i++) {
      assertThat(two.ask("POST /plain", null, "p").status()).isEqualTo(204);
    }
    assertThat(two.parts().db().stats().refused()).isEqualTo(refused);
    held.goOn.countDown();
    for (int i = 0; i < 4; i++) {
      assertThat(firsts.get(i).get().status()).isEqualTo(201);
      assertReplay(seconds.get(i).get(), firsts.get(i).get());
    }
    assertThat(effects()).isEqualTo(4);
  }

  @Test
  void an_instance_that_goes_no_further_loses_the_key_with_its_connection() throws Exception {
    Held held = new Held(1);
    one.does(held);
    FutureTask<Wire.Answer> first = inBackground(() -> one.ask("POST /work", key, "a"));
    held.begun.await();
    int before = two.entered();
    FutureTask<Wire.Answer> second = inBackground(() -> two.ask("POST /work", key, "a"));
    await().until(() -> two.entered() == before + 1);
    // As the server does when a transaction was idle for too long.
    assertThat(count("select count(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory'")).isEqualTo(1);
    assertThat(second.get().status()).isEqualTo(201);
    assertThat(second.get().header(REPLAYED)).isEmpty();
    held.goOn.countDown();
    assertThat(first.get().status()).as("nothing was changed by it").isIn(201, 503);
    if (first.get().status() == 201) {
      assertReplay(first.get(), second.get());
    }
    assertThat(effects()).isEqualTo(1);
  }

  @Test
  void no_connection_stays_in_a_transaction_that_does_nothing_for_longer_than_a_proxy_waits() {
    String limit = one.parts().db().read(tx ->
        tx.handle().createQuery("select setting from pg_settings where name = 'idle_in_transaction_session_timeout'")
            .mapTo(String.class).one());
    // proxy_read_timeout of deploy-templates: a repeat that Nginx sends then finds the key free, or soon will.
    assertThat(Long.parseLong(limit)).isBetween(8_000L, 10_000L);
  }

  @Test
  void a_commit_whose_reply_is_lost_is_found_out_by_the_key() throws Exception {
    try (PostgresWire dropper = new PostgresWire(TestStack.postgres().address().getPort());
        KeyedInstance third = KeyedInstance.startOn(dropper.port(), IdempotencyTest::insert, "SCALABLE_DB_POOL_SIZE", "2")) {
      dropper.dropNextReply();
      Wire.Answer first = third.ask("POST /work", key, "a");
      assertThat(first.status()).isEqualTo(201);
      assertThat(effects()).isEqualTo(1);
      assertReplay(one.ask("POST /work", key, "a"), first);
    }
  }

  @Test
  void a_key_that_has_expired_is_a_new_one_and_is_used_once_again() throws Exception {
    Wire.Answer first = one.ask("POST /work", key, "a");
    assertThat(count("select count(*) from scalable.idempotency_key where expires_at between now() + interval '23 hours 59 minutes'"
        + " and now() + interval '24 hours'")).isEqualTo(1);
    ASIDE.useHandle(handle -> handle.execute("update scalable.idempotency_key set expires_at = now() - interval '1 ms'"));
    List<FutureTask<Wire.Answer>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      KeyedInstance to = i % 2 == 0 ? one : two;
      all.add(inBackground(() -> to.ask("POST /work", key, "other")));
    }
    Set<String> bodies = all.stream().map(each -> {
      try {
        return each.get().status() + each.get().body();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }).collect(Collectors.toSet());
    assertThat(bodies).hasSize(1).doesNotContain(first.status() + first.body());
    assertThat(effects()).isEqualTo(2);
  }

  @Test
  void what_has_expired_is_deleted_once_in_batches_and_nothing_else_is() throws Exception {
    ASIDE.useHandle(handle -> handle.execute("""
        insert into scalable.idempotency_key (scope, fingerprint, expires_at)
        select int4send(n), '', now() + case when n > 2500 then interval '1 hour' else interval '-1 ms' end
        from generate_series(1, 2510) as n
        """));
    FutureTask<Long> other = inBackground(() -> two.parts().table().deleteExpired(100));
    long deleted = one.parts().table().deleteExpired(100) + other.get();
    // One that met only rows which the other was deleting went home early.
    deleted += one.parts().table().deleteExpired(100);
    assertThat(deleted).isEqualTo(2_500);
    assertThat(keys()).isEqualTo(10);
  }

  @Test
  void an_instance_without_its_table_is_not_ready_and_says_what_to_do_until_the_table_is_there() throws Exception {
    KeyedInstance.Wiring needing = KeyedInstance.wiring(TestStack.postgres().address().getPort());
    needing.idempotent().post("/x", (tx, r) -> Response.noContent());
    KeyedInstance.Wiring without = KeyedInstance.wiring(TestStack.postgres().address().getPort());
    ASIDE.useHandle(handle -> handle.execute("alter schema scalable rename to away"));
    try {
      KeyedInstance.start(needing);
      KeyedInstance.start(without);
      assertThat(needing.keyCheck().critical()).isTrue();
      assertThatThrownBy(needing.keyCheck()::check).isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("scalable.idempotency_key", "run the migrations in dev/scalable/migration of scalable-core");
      without.keyCheck().check();
    } finally {
      ASIDE.useHandle(handle -> handle.execute("alter schema away rename to scalable"));
    }
    needing.keyCheck().check();
    KeyedInstance.stop(needing);
    KeyedInstance.stop(without);
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
