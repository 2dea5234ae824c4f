package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.db.Db.Isolation;
import dev.scalable.http.Request;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Fifty clients of a real server move money between few accounts of a real PostgreSQL, all at once, and repeat what
 * they are told to.
 *
 * <p>{@code -Dscalable.storm.transfers=40}, as the profile {@code full} has it, sets how many each makes; few if
 * nothing is said.
 */
@Timeout(600)
class StormTest {

  private static final int WRITERS = 50;
  private static final int TRANSFERS = Integer.getInteger("scalable.storm.transfers", 4);
  private static final int ACCOUNTS = 5;
  private static final long BALANCE = 1_000;
  private static final int ATTEMPTS = 4;

  @TempDir
  private static Path folder;

  private static OwnPostgres postgres;

  /** Attempts by the number that a request has. */
  private final Map<Long, AtomicInteger> tries = new ConcurrentHashMap<>();

  @BeforeAll
  static void start_a_server_that_finds_deadlocks_soon() throws Exception {
    postgres = OwnPostgres.in(folder);
    postgres.start("deadlock_timeout=20ms");
  }

  @AfterAll
  static void stop_it() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void begin_with_the_same_on_each_account() throws SQLException {
    postgres.execute("drop table if exists account; create table account (id int primary key, balance bigint not null);"
        + " insert into account select id, " + BALANCE + " from generate_series(0, " + (ACCOUNTS - 1) + ") id");
  }

  /** How money is moved, and what the server ends such transactions with. */
  enum Manner {
    READ_AND_THEN_WRITE_AS_IF_ONE_AFTER_THE_OTHER(Isolation.SERIALIZABLE, "40001"),
    READ_AND_THEN_WRITE_IN_A_SNAPSHOT(Isolation.REPEATABLE_READ, "40001"),
    LOCK_IN_WHATEVER_ORDER(Isolation.READ_COMMITTED, "40P01");

    private final Isolation isolation;
    private final String failure;

    Manner(Isolation isolation, String failure) {
      this.isolation = isolation;
      this.failure = failure;
    }

    private long balance(Handle handle, long account) {
      return handle.createQuery(this == LOCK_IN_WHATEVER_ORDER ? "select balance from account where id = :id for update"
          : "select balance from account where id = :id").bind("id", account).mapTo(Long.class).one();
    }
  }

  private Response transfer(Db db, Manner manner, Request request) {
    long from = request.pathLong("from");
    long to = request.pathLong("to");
    long number = request.pathLong("number");
    db.write(manner.isolation, tx -> {
      tries.computeIfAbsent(number, each -> new AtomicInteger()).incrementAndGet();
      long fromBalance = manner.balance(tx.handle(), from);
      // Others come in between.
      tx.handle().execute("select pg_sleep(0.001)");
      long toBalance = manner.balance(tx.handle(), to);
      tx.handle().execute("update account set balance = ? where id = ?", fromBalance - 1, from);
      return tx.handle().execute("update account set balance = ? where id = ?", toBalance + 1, to);
    });
    return Response.noContent();
  }

  @ParameterizedTest
  @EnumSource
  void no_money_is_lost_or_made_and_everybody_gets_through(Manner manner) throws Exception {
    try (DbInstance instance = DbInstance.on(postgres, db -> Set.of(
        Route.post("/transfers/{number}/{from}/{to}", r -> transfer(db, manner, r))), "SCALABLE_DB_POOL_SIZE", "8")) {
      // All connections, or the first transactions would come one after the other.
      await().atMost(DbInstance.LONGEST).until(() -> instance.db().stats().open() == 8);
      Queue<Move> moves = new ConcurrentLinkedQueue<>();
      AtomicInteger number = new AtomicInteger();
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        writers.add(Thread.ofVirtual().start(() -> {
          try (Client client = instance.client()) {
            for (int done = 0; done < TRANSFERS; done++) {
              move(client, number, moves);
            }
          }
        }));
      }
      for (Thread writer : writers) {
        writer.join();
      }
      judge(manner, instance, List.copyOf(moves), number.get());
    }
  }

  /** One request that was made, and what came of it. */
  private record Move(int from, int to, int status, boolean retryAfter) {}

  /** Moves money, and repeats that until it is done; ends early on any answer that does not ask for it. */
  private static void move(Client client, AtomicInteger number, Queue<Move> moves) {
    int from = ThreadLocalRandom.current().nextInt(ACCOUNTS);
    int to = (from + 1 + ThreadLocalRandom.current().nextInt(ACCOUNTS - 1)) % ACCOUNTS;
    Move move;
    do {
      Answer answer = client.send(Call.of("POST", "/transfers/" + number.incrementAndGet() + "/" + from + "/" + to));
      move = new Move(from, to, answer.status(), answer.header("Retry-After").isPresent());
      moves.add(move);
    } while (move.status() == 503);
  }

  private void judge(Manner manner, DbInstance instance, List<Move> moves, int requests) throws SQLException {
    Db.Stats stats = instance.db().stats();
    List<Integer> attempts = tries.values().stream().map(AtomicInteger::get).toList();
    long all = attempts.stream().mapToLong(Integer::intValue).sum();
    long done = moves.stream().filter(move -> move.status() == 204).count();
    System.out.println(manner + ": " + WRITERS + " writers, " + done + " transfers in " + requests + " requests and "
        + all + " transactions; retried " + stats.retried() + ", ended " + stats.ended());

    assertThat(moves).as("every caller got an answer").hasSize(requests).allSatisfy(move ->
        assertThat(move.status()).isIn(204, 503)).filteredOn(move -> move.status() == 503).allMatch(Move::retryAfter);
    assertThat(done).isEqualTo((long) WRITERS * TRANSFERS);
    for (int account = 0; account < ACCOUNTS; account++) {
      assertThat(balance(account)).as("no update of account %s is lost or was made that nobody was told of", account)
          .isEqualTo(BALANCE + change(moves, account));
    }
    assertThat(attempts).allSatisfy(number -> assertThat(number).isBetween(1, ATTEMPTS));
    assertThat(stats.ended()).containsEntry(Outcome.COMMITTED, done).containsEntry(Outcome.ROLLED_BACK, all - done)
        .containsEntry(Outcome.UNKNOWN, 0L);
    // One that was to follow may have got no connection in time.
    assertThat(stats.retried().values().stream().mapToLong(Long::longValue).sum())
        .isBetween(all - attempts.size(), all - attempts.size() + stats.refused());
    assertThat(stats.retried().get(manner.failure)).as("they did get into each other's way").isPositive();
    instance.assertThatNothingHasLeaked();
  }

  private static long change(List<Move> moves, int account) {
    return moves.stream().filter(move -> move.status() == 204)
        .mapToLong(move -> move.to() == account ? 1 : move.from() == account ? -1 : 0).sum();
  }

  private static long balance(int account) throws SQLException {
    return Long.parseLong(postgres.execute("select balance from account where id = " + account));
  }
}
