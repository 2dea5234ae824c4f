package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real PostgreSQL goes away and comes back under the load of a real server, which goes on. */
@Timeout(180)
class PostgresRestartTest {

  private static final int CLIENTS = 6;

  /** So many tries to connect come in so much time; with pauses that grow, up to 5 s, there would be fewer. */
  private static final int TRIES = 20;
  private static final Duration IMPATIENCE = Duration.ofSeconds(30);

  /** In which an instance must write again. On a machine that stands still for a moment it may take longer, twice. */
  private static final Duration RECOVERY = Duration.ofSeconds(3);
  private static final int ROUNDS = 3;

  @TempDir
  private static Path folder;

  private static OwnPostgres postgres;

  @BeforeAll
  static void start_a_server() throws Exception {
    postgres = OwnPostgres.in(folder);
    postgres.start();
  }

  @AfterAll
  static void stop_it() throws Exception {
    postgres.close();
  }

  private interface Fault {
    void on(OwnPostgres server, Entries entries) throws Exception;
  }

  @Test
  void a_server_that_is_away_is_looked_for_all_the_time_and_costs_answers_of_503_until_it_is_back() throws Exception {
    recovers("stopped in order", (server, entries) -> {
      server.stop();
      try (ServerSocket inItsPlace = new ServerSocket(server.port(), 50, InetAddress.getLoopbackAddress())) {
        AtomicInteger tries = new AtomicInteger();
        Thread.ofVirtual().start(() -> turnAway(inItsPlace, tries));
        await().atMost(IMPATIENCE).until(() -> tries.get() >= TRIES);
        entries.awaitEach(1, told -> told.status() == 503);
      }
    });
  }

  @Test
  void a_start_waits_for_a_server_that_is_not_there_yet() throws Exception {
    postgres.stop();
    FutureTask<DbInstance> started =
        new FutureTask<>(() -> DbInstance.on(postgres, db -> Entries.routes(db, Duration.ofSeconds(8))));
    AtomicInteger tries = new AtomicInteger();
    try (ServerSocket inItsPlace = new ServerSocket(postgres.port(), 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> turnAway(inItsPlace, tries));
      Thread.ofVirtual().start(started);
      await().atMost(IMPATIENCE).until(() -> tries.get() >= 2);
    } finally {
      postgres.start();
    }
    started.get(IMPATIENCE.toSeconds(), TimeUnit.SECONDS).close();
  }

  @Test
  void a_server_that_is_cut_off_from_its_power_costs_answers_of_503_until_it_is_back() throws Exception {
    recovers("killed", (server, entries) -> {
      server.kill();
      entries.awaitEach(1, told -> told.status() == 503);
    });
  }

  private static void turnAway(ServerSocket door, AtomicInteger tries) {
    while (!door.isClosed()) {
      try (Socket client = door.accept()) {
        tries.incrementAndGet();
      } catch (IOException e) {
        // The door was closed, or the client has gone by itself.
      }
    }
  }

  private static void recovers(String what, Fault fault) throws Exception {
    postgres.execute(Entries.TABLE);
    try (DbInstance instance = DbInstance.on(postgres, db -> Entries.routes(db, Duration.ofSeconds(8)),
        "SCALABLE_DB_POOL_SIZE", "4", "SCALABLE_DB_ACQUIRE_TIMEOUT", "500ms");
        Entries entries = Entries.writtenBy(CLIENTS, instance)) {
      entries.awaitEach(20, Entries.Told::ok);
      Duration best = recovery(fault, entries);
      for (int round = 2; round <= ROUNDS && best.compareTo(RECOVERY) > 0; round++) {
        best = recovery(fault, entries);
      }
      System.out.println("a server that was " + what + ": written to again " + best.toMillis() + " ms after it was up; "
          + entries);

      // A 504 would be the deadline's: that there is none means that each was answered before.
      entries.assertThatEachAnswerIsTrue(PostgresRestartTest::ids, 503);
      instance.assertThatNothingHasLeaked();
      assertThat(best).isLessThanOrEqualTo(RECOVERY);
    }
  }

  /** How long after the server was up again the last client was refused, or the first one was not. */
  private static Duration recovery(Fault fault, Entries entries) throws Exception {
    fault.on(postgres, entries);
    postgres.start();
    long up = System.nanoTime();
    entries.awaitEach(20, told -> told.ok() && told.at() > up);
    List<Entries.Told> told = entries.told();
    long first = told.stream().filter(each -> each.ok() && each.at() > up).mapToLong(Entries.Told::at).min()
        .orElseThrow();
    long last = told.stream().filter(each -> !each.ok()).mapToLong(Entries.Told::at).max().orElse(up);
    return Duration.ofNanos(Math.max(first, last) - up);
  }

  private static Set<Integer> ids() throws SQLException {
    Set<Integer> ids = new TreeSet<>();
    try (Connection connection = postgres.connect(); Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select id from entry")) {
      while (rows.next()) {
        ids.add(rows.getInt(1));
      }
    }
    return ids;
  }
}
