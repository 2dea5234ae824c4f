package dev.scalable.idempotency;

import static dev.scalable.idempotency.KeyedPair.REPLAYED;
import static dev.scalable.idempotency.KeyedPair.assertReplay;
import static dev.scalable.idempotency.KeyedPair.assertSame;
import static dev.scalable.idempotency.KeyedPair.count;
import static dev.scalable.idempotency.KeyedPair.effects;
import static dev.scalable.idempotency.KeyedPair.inBackground;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import dev.scalable.db.PostgresWire;
import dev.scalable.idempotency.KeyedPair.Held;
import dev.scalable.server.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests with a key that another request is at, on the same instance or on another one: they wait, and keep nobody
 * else waiting, whatever becomes of the first.
 */
class SameKeyAtOnceTest {

  @RegisterExtension
  static final KeyedPair PAIR = new KeyedPair();

  private final KeyedInstance one = PAIR.one();
  private final KeyedInstance two = PAIR.two();
  private final String key = UUID.randomUUID().toString();

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
    one.does(KeyedPair::insert);
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
  void a_wait_that_ends_before_the_first_is_answered_is_a_conflict_that_may_be_repeated(boolean sameInstance)
      throws Exception {
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
    one.does(KeyedPair::insert);
    two.does(KeyedPair::insert);
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
    await().atMost(Duration.ofSeconds(20))
        .until(() -> repeats.stream().filter(FutureTask::isDone).count() >= 1_000 - 128);
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
        KeyedInstance third = KeyedInstance.startOn(dropper.port(), KeyedPair::insert, "SCALABLE_DB_POOL_SIZE", "2")) {
      dropper.dropNextReply();
      Wire.Answer first = third.ask("POST /work", key, "a");
      assertThat(first.status()).isEqualTo(201);
      assertThat(effects()).isEqualTo(1);
      assertReplay(one.ask("POST /work", key, "a"), first);
    }
  }
}
