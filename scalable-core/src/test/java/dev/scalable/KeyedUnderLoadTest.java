package dev.scalable;

import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.rate;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import dev.scalable.testkit.load.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances behind Nginx take POSTs with keys, while one of them stops itself by SIGSTOP between the claim of a key
 * and its commit and goes on 13 s later, and the other is then ended by SIGKILL and started again. Whoever got no
 * answer, or one that asks for it, repeats with the same key: each order is there once.
 *
 * <p>{@code -Dscalable.keyed.rounds=5 -Dscalable.keyed.seconds=34 -Dscalable.keyed.rate=150}, as the profile
 * {@code full} has it, sets how often and how long; one short round if nothing is said.
 */
class KeyedUnderLoadTest {

  private static final int ROUNDS = Integer.getInteger("scalable.keyed.rounds", 1);
  private static final int SECONDS = Integer.getInteger("scalable.keyed.seconds", 21);
  private static final int PER_SECOND = Integer.getInteger("scalable.keyed.rate", 40);

  private static final Duration PAUSED = Duration.ofSeconds(1);
  private static final Duration RESUMED = Duration.ofSeconds(14);
  private static final Duration KILLED = Duration.ofSeconds(18);
  /** Nginx gives up on the paused instance after 10 s, and the repeat waits for the key. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Set<Integer> COME_AGAIN = Set.of(409, 502, 503, 504);

  @TempDir
  private Path pauses;

  @Test
  void no_order_is_lost_or_there_twice() throws Exception {
    AppSpec app = TestStack.app(KeyedOrderService.class).migrate(KeyedOrderService.Migrate.class.getName())
        .env("PAUSE_FOLDER", pauses.toString());
    try (Cluster cluster = Cluster.builder().app(app).instances(2).start()) {
      // Two JVMs that have answered nothing yet would refuse some for being slow, and the faults would meet few.
      cluster.load().post("/orders", () -> "\"one\"").idempotencyKey().closed(users(4), iterations(150)).run();
      for (int round = 1; round <= ROUNDS; round++) {
        execute(cluster, "truncate orders");
        int paused = round % 2 + 1;
        int killed = 3 - paused;

        LoadResult run = cluster.load().post("/orders", () -> "\"one\"").idempotencyKey()
            .open(rate(PER_SECOND).perSecond().during(Duration.ofSeconds(SECONDS)).maxInFlight(10_000))
            .readTimeout(PATIENCE)
            .fault(at(PAUSED), "pause app-" + paused + " between claim and commit", () -> pause(cluster, paused))
            .fault(at(RESUMED), "resume app-" + paused, () -> cluster.instance(paused).resume())
            .fault(at(KILLED), "kill app-" + killed, () -> cluster.instance(killed).kill())
            .fault(at(KILLED.plusSeconds(1)), "start app-" + killed, () -> cluster.instance(killed).start())
            .run();

        List<Exchange> unanswered = run.exchanges().stream()
            .filter(exchange -> exchange.fate() != Fate.OK && exchange.fate() != Fate.DROPPED).toList();
        int repeats = repeat(cluster, unanswered);
        Set<String> sent = run.exchanges().stream().filter(exchange -> exchange.fate() != Fate.DROPPED)
            .map(exchange -> Objects.requireNonNull(exchange.idempotencyKey())).collect(Collectors.toCollection(TreeSet::new));
        Set<String> there = new TreeSet<>(texts(cluster, "select key from orders"));
        List<String> twice = texts(cluster, "select key from orders group by key having count(*) > 1");
        System.out.println("round " + round + ": " + run.scheduled() + " POSTs, " + run.ok() + " answered, "
            + unanswered.size() + " repeated by the client " + repeats + " times (" + run.byOutcome() + "), " + run.dropped()
            + " never sent; " + there.size() + " orders, " + twice.size() + " twice; " + run.byInstance() + "; longest "
            + run.service().max().toMillis() + " ms");

        assertThat(there).as("lost, or never sent").isEqualTo(sent);
        assertThat(twice).isEmpty();
        // A machine that stands still for a moment makes the client not send them; a run that consisted of these would
        // show nothing.
        assertThat(sent.size()).isGreaterThanOrEqualTo(PER_SECOND * SECONDS * 98 / 100);
        assertThat(run.service().max()).as("somebody met the paused instance").isGreaterThan(Duration.ofSeconds(9));
      }
    }
  }

  /** Has an instance stop itself, and waits until it has, with the key of somebody's order in its hands. */
  private void pause(Cluster cluster, int number) throws IOException {
    Path wanted = Files.createFile(pauses.resolve(cluster.instance(number).id()));
    await().atMost(Duration.ofSeconds(5)).until(() -> !Files.exists(wanted) && stopped(cluster.instance(number).pid()));
    assertThat(texts(cluster, """
        select pid from pg_stat_activity where state = 'idle in transaction'
        and pid in (select pid from pg_locks where locktype = 'advisory')
        """)).as("transactions that have claimed a key and do nothing").isNotEmpty();
  }

  private static boolean stopped(long pid) throws IOException {
    return Files.readString(Path.of("/proc", Long.toString(pid), "status")).contains("State:\tT");
  }

  /** Repeats as clients are told to, and returns how many repeats it took. */
  private static int repeat(Cluster cluster, List<Exchange> unanswered) {
    int repeats = 0;
    try (Client client = Client.open(cluster.uri(), PATIENCE)) {
      for (Exchange exchange : unanswered) {
        Call call = Call.post("/orders", "\"one\"").header("Idempotency-Key", Objects.requireNonNull(exchange.idempotencyKey()));
        Answer answer = client.send(call);
        repeats++;
        for (int more = 0; more < 10 && COME_AGAIN.contains(answer.status()); more++) {
          answer = client.send(call);
          repeats++;
        }
        assertThat(answer.status()).as("%s after %s", answer.text(), exchange).isEqualTo(201);
      }
    }
    return repeats;
  }

  private static List<String> texts(Cluster cluster, String sql) {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> texts = new ArrayList<>();
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
      return texts;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void execute(Cluster cluster, String sql) throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
