package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import dev.scalable.testkit.load.NoAnswerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Clients that write one entry after the other through HTTP, each with a number of its own, and keep what they were
 * told: the database is then compared with that.
 */
final class Entries implements AutoCloseable {

  static final String TABLE = "drop table if exists entry; create table entry (id int primary key)";

  private final AtomicInteger next = new AtomicInteger();
  private final AtomicBoolean done = new AtomicBoolean();
  private final List<Writer> writers = new ArrayList<>();

  /**
   * What a client was told.
   *
   * @param status of the answer; 0 if none came
   * @param text the body, or why none came
   * @param retryAfter whether it says when to come back
   * @param took how long the client waited
   * @param at when it came, as {@link System#nanoTime()} has it
   */
  record Told(int id, int status, String text, boolean retryAfter, Duration took, long at) {

    boolean ok() {
      return status == 204;
    }

    /** Whether the entry may be there or not. */
    boolean open() {
      return status == 504 || text.contains("urn:scalable:problem:commit-unknown");
    }
  }

  private static final class Writer {
    private final Queue<Told> told = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    Writer(Entries entries, DbInstance instance) {
      thread = Thread.ofVirtual().start(() -> {
        try (Client client = instance.client()) {
          while (!entries.done.get()) {
            told.add(write(client, entries.next.incrementAndGet()));
          }
        }
      });
    }

    long count(Predicate<Told> which) {
      return told.stream().filter(which).count();
    }
  }

  private static Told write(Client client, int id) {
    long began = System.nanoTime();
    try {
      Answer answer = client.send(Call.of("POST", "/entries/" + id));
      long now = System.nanoTime();
      return new Told(id, answer.status(), answer.text(), answer.header("Retry-After").isPresent(),
          Duration.ofNanos(now - began), now);
    } catch (NoAnswerException e) {
      long now = System.nanoTime();
      return new Told(id, 0, e.toString(), false, Duration.ofNanos(now - began), now);
    }
  }

  /**
   * The route that is written to.
   *
   * @param limit time in which it must be answered
   */
  static Set<Route> routes(Db db, Duration limit) {
    return Set.of(Route.post("/entries/{id}", r -> {
      db.write(tx -> tx.handle().execute("insert into entry values (?)", (int) r.pathLong("id")));
      return Response.noContent();
    }).withTimeout(limit));
  }

  /** Clients that begin at once. */
  static Entries writtenBy(int clients, DbInstance instance) {
    Entries entries = new Entries();
    for (int i = 0; i < clients; i++) {
      entries.writers.add(new Writer(entries, instance));
    }
    return entries;
  }

  /** Waits until each client has been told so many times more what is looked for. */
  void awaitEach(int more, Predicate<Told> which) {
    List<Long> before = writers.stream().map(writer -> writer.count(which)).toList();
    await().atMost(DbInstance.LONGEST).until(() -> {
      for (int i = 0; i < writers.size(); i++) {
        if (writers.get(i).count(which) < before.get(i) + more) {
          return false;
        }
      }
      return true;
    });
  }

  /** All that they were told so far. */
  List<Told> told() {
    return writers.stream().flatMap(writer -> writer.told.stream()).toList();
  }

  Duration longest() {
    return told().stream().map(Told::took).max(Duration::compareTo).orElse(Duration.ZERO);
  }

  /** Ends the clients, and waits for what they still ask. */
  @Override
  public void close() throws InterruptedException {
    done.set(true);
    for (Writer writer : writers) {
      writer.thread.join();
    }
  }

  /**
   * Ends the clients and holds what they were told against what is there then.
   *
   * @param rows the numbers of the entries that are there
   * @param failures what a client may have been answered besides success
   */
  void assertThatEachAnswerIsTrue(Callable<Set<Integer>> rows, Integer... failures) throws Exception {
    close();
    Set<Integer> there = rows.call();
    List<Told> all = told();
    assertThat(all).as("every answer is one of few").filteredOn(told -> !told.ok())
        .allSatisfy(told -> assertThat(told.status()).as("%s", told).isIn((Object[]) failures));
    assertThat(all).filteredOn(told -> told.status() == 503).allSatisfy(told -> {
      assertThat(told.retryAfter()).as("%s", told).isTrue();
      assertThat(told.text()).contains("\"status\":503", "\"requestId\":");
    });
    assertThat(there).as("what was acknowledged").containsAll(ids(all, Told::ok));
    Set<Integer> others = new TreeSet<>(there);
    others.removeAll(ids(all, told -> told.ok() || told.open()));
    assertThat(others).as("entries of which was said that nothing was changed").isEmpty();
  }

  private static Set<Integer> ids(List<Told> told, Predicate<Told> which) {
    return told.stream().filter(which).map(Told::id).collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public String toString() {
    List<Told> all = told();
    long written = all.stream().filter(Told::ok).count();
    long unknown = all.stream().filter(Told::open).count();
    return written + " written, " + (all.size() - written - unknown) + " refused, " + unknown + " unknown; longest "
        + longest().toMillis() + " ms";
  }
}
