package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client is told when nobody can know what became of its request, and when no connection is free for it. */
@Timeout(60)
class UnavailableTest {

  private static final int SIZE = 2;
  private static final int LIMIT_SECONDS = 30;

  private final Jdbi aside = Jdbi.create(TestStack.postgres().dataSource());
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch holding = new CountDownLatch(SIZE);
  private final List<Client> clients = new ArrayList<>();
  private final List<DbInstance> instances = new ArrayList<>();

  private static Set<Route> routes(Db db, CountDownLatch holding, CountDownLatch release, Queue<String> events) {
    return Set.of(
        Route.post("/told/{name}", r -> db.write(tx -> {
          tx.onEnd(outcome -> events.add("ended " + outcome));
          tx.afterCommit(() -> events.add("committed"));
          tx.handle().execute("insert into told (name) values (?)", r.path("name"));
          return Response.noContent();
        })),
        Route.get("/held", r -> db.read(tx -> {
          holding.countDown();
          release.await();
          return Response.noContent();
        })),
        Route.get("/hurried", r -> db.read(tx -> Response.noContent())).withTimeout(Duration.ofMillis(100)));
  }

  private DbInstance instance(int port, Queue<String> events, String... settings) throws Exception {
    DbInstance instance = DbInstance.onStack(port, "unavailable", db -> routes(db, holding, release, events), settings);
    instances.add(instance);
    return instance;
  }

  private static int port() {
    return TestStack.postgres().address().getPort();
  }

  @BeforeEach
  void make_a_table() {
    aside.useHandle(handle -> handle.execute("drop table if exists told; create table told (name text primary key)"));
  }

  @AfterEach
  void nothing_has_leaked() throws Exception {
    release.countDown();
    // First, or the server would give them time to see its end.
    clients.forEach(Client::close);
    for (DbInstance each : instances) {
      try (DbInstance instance = each) {
        instance.assertThatNothingHasLeaked();
      }
    }
  }

  private Client client(DbInstance instance) {
    Client client = instance.client();
    clients.add(client);
    return client;
  }

  private FutureTask<Answer> inBackground(DbInstance instance, Call call) {
    Client client = client(instance);
    FutureTask<Answer> task = new FutureTask<>(() -> client.send(call));
    Thread.ofVirtual().start(task);
    return task;
  }

  private static void assertUnavailable(Answer answer, String type, String detail) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(503);
    assertThat(answer.header("Content-Type")).contains("application/problem+json");
    assertThat(answer.header("Retry-After")).contains("1");
    assertThat(answer.text()).contains("\"type\":\"" + type + "\"", detail);
  }

  @Test
  void a_commit_whose_reply_is_lost_is_told_by_its_type_and_has_happened_once() throws Exception {
    Queue<String> events = new ConcurrentLinkedQueue<>();
    try (PostgresWire wire = new PostgresWire(port())) {
      DbInstance instance = instance(wire.port(), events, "SCALABLE_DB_POOL_SIZE", String.valueOf(SIZE));
      assertThat(client(instance).send(Call.of("POST", "/told/before")).status()).isEqualTo(204);
      events.clear();
      wire.dropNextReply();

      Answer answer = client(instance).send(Call.of("POST", "/told/once"));

      assertUnavailable(answer, "urn:scalable:problem:commit-unknown", "A retry is safe with the same Idempotency-Key");
      assertThat(events).as("what is done in any case, and not what follows a commit").containsExactly("ended UNKNOWN");
      await().untilAsserted(() -> assertThat(rows("once")).isEqualTo(1));
      assertThat(client(instance).send(Call.of("POST", "/told/after")).status()).isEqualTo(204);
      assertThat(client(instance).send(Call.of("POST", "/told/once")).status()).as("a repeat").isEqualTo(409);
      assertThat(rows("once")).isEqualTo(1);
      assertThat(instance.db().stats().ended()).containsEntry(Outcome.UNKNOWN, 1L);
      assertThat(instance.db().stats().retried().values()).as("nothing was tried again").containsOnly(0L);
      nothing_has_leaked();
      instances.clear();
    }
  }

  private int rows(String name) {
    return aside.withHandle(handle -> handle.createQuery("select count(*) from told where name = :name")
        .bind("name", name).mapTo(Integer.class).one());
  }

  @Test
  void when_all_connections_are_taken_others_are_refused_before_their_deadline_and_served_later() throws Exception {
    DbInstance instance = instance(port(), new ConcurrentLinkedQueue<>(), "SCALABLE_DB_POOL_SIZE", String.valueOf(SIZE),
        "SCALABLE_DB_ACQUIRE_TIMEOUT", "1s");
    List<FutureTask<Answer>> held = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      held.add(inBackground(instance, Call.get("/held")));
    }
    assertThat(holding.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();

    List<FutureTask<Answer>> late = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      late.add(inBackground(instance, Call.of("POST", "/told/late-" + i)));
    }
    for (FutureTask<Answer> each : late) {
      assertUnavailable(each.get(LIMIT_SECONDS, TimeUnit.SECONDS), "about:blank", "nothing was changed");
    }
    assertThat(instance.db().stats().refused()).isEqualTo(8);
    assertThat(client(instance).send(Call.get("/hurried")).status()).as("in less time than the wait").isEqualTo(504);
    await().until(() -> instance.db().stats().waiting() == 0);

    release.countDown();
    for (FutureTask<Answer> each : held) {
      assertThat(each.get(LIMIT_SECONDS, TimeUnit.SECONDS).status()).as("those who had them").isEqualTo(204);
    }
    instance.assertThatNothingHasLeaked();
    for (int i = 0; i < 8; i++) {
      assertThat(client(instance).send(Call.of("POST", "/told/late-" + i)).status()).isEqualTo(204);
    }
  }

  @Test
  void who_has_just_had_a_connection_does_not_get_it_before_one_who_waits() throws Exception {
    DbInstance instance = instance(port(), new ConcurrentLinkedQueue<>(), "SCALABLE_DB_POOL_SIZE", "1");
    Db db = instance.db();
    for (int round = 0; round < 50; round++) {
      Queue<String> order = new ConcurrentLinkedQueue<>();
      FutureTask<Boolean> waits = new FutureTask<>(() -> db.read(tx -> order.add("who waits")));
      db.read(tx -> {
        Thread.ofPlatform().start(waits);
        await().pollInterval(Duration.ofMillis(1)).until(() -> db.stats().waiting() == 1);
        return order.add("first");
      });
      db.read(tx -> order.add("first again"));
      waits.get(LIMIT_SECONDS, TimeUnit.SECONDS);
      assertThat(order).as("round %s", round).containsExactly("first", "who waits", "first again");
    }
  }
}
