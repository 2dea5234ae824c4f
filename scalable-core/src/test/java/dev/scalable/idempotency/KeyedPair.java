package dev.scalable.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.LibrarySchema;
import dev.scalable.TestStack;
import dev.scalable.db.Tx;
import dev.scalable.http.EntityTag;
import dev.scalable.http.Problem;
import dev.scalable.http.Request;
import dev.scalable.http.Response;
import dev.scalable.server.Wire;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Two instances with pools of their own on a real PostgreSQL, for the tests of a class. Their work has an effect that
 * can be counted; each test begins with none and with no key, and must leave nobody waiting.
 */
final class KeyedPair implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

  static final Jdbi ASIDE = Jdbi.create(TestStack.postgres().dataSource());
  static final String REPLAYED = "Idempotent-Replayed";

  private @Nullable KeyedInstance one;
  private @Nullable KeyedInstance two;

  KeyedInstance one() {
    return Objects.requireNonNull(one);
  }

  KeyedInstance two() {
    return Objects.requireNonNull(two);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    ASIDE.useHandle(handle -> handle.createScript("""
        drop table if exists effect;
        create table effect (id bigint generated always as identity primary key, text text not null);
        drop table if exists plain;
        create table plain (text text not null)
        """).execute());
    LibrarySchema.create(ASIDE);
    one = KeyedInstance.start(KeyedPair::insert, "SCALABLE_DB_POOL_SIZE", "4");
    two = KeyedInstance.start(KeyedPair::insert, "SCALABLE_DB_POOL_SIZE", "2");
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    try (KeyedInstance first = one(); KeyedInstance second = two()) {
      assertThat(first).isNotSameAs(second);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    ASIDE.useHandle(handle -> handle
        .createScript("truncate effect; truncate plain; truncate scalable.idempotency_key").execute());
    one().does(KeyedPair::insert);
    two().does(KeyedPair::insert);
  }

  /** Nobody waits, no key is taken for one that somebody is at, no connection is out of the pool. */
  @Override
  public void afterEach(ExtensionContext context) {
    for (KeyedInstance each : List.of(one(), two())) {
      await().untilAsserted(() -> assertThat(each.parts().once().isIdle()).isTrue());
      await().untilAsserted(() -> assertThat(each.parts().db().stats().active()).isZero());
    }
    // Of these two: others are in a transaction now and then, for moments.
    await().untilAsserted(() ->
        assertThat(count("select count(*) from pg_stat_activity where state like 'idle in transaction%'")).isZero());
    assertThat(count("select count(*) from pg_locks where locktype = 'advisory'")).isZero();
  }

  /** The effect that must be there once. */
  static Response insert(Tx tx, Request request, String text) {
    long id = tx.handle().createQuery("insert into effect (text) values (:text) returning id").bind("text", text)
        .mapTo(Long.class).one();
    return Response.created("/work/" + id, Map.of("id", id, "text", text)).withTag(EntityTag.ofVersion(id));
  }

  static int count(String sql) {
    return ASIDE.withHandle(handle -> handle.createQuery(sql).mapTo(Integer.class).one());
  }

  static int effects() {
    return count("select count(*) from effect");
  }

  static int keys() {
    return count("select count(*) from scalable.idempotency_key");
  }

  static <T> FutureTask<T> inBackground(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofVirtual().start(task);
    return task;
  }

  static void assertReplay(Wire.Answer again, Wire.Answer first) {
    assertThat(again.header(REPLAYED)).contains("true");
    assertSame(again, first);
  }

  static void assertSame(Wire.Answer again, Wire.Answer first) {
    assertThat(again.status()).isEqualTo(first.status());
    assertThat(again.body()).isEqualTo(first.body());
    for (String header : List.of("Location", "ETag", "Content-Type")) {
      assertThat(again.header(header)).isEqualTo(first.header(header));
    }
  }

  /** Work that waits in its transaction, after its effect, until it is told to go on. */
  static final class Held implements Idempotent.BodyWork<String> {

    final CountDownLatch begun;
    final CountDownLatch goOn = new CountDownLatch(1);
    volatile boolean fails;

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
}
