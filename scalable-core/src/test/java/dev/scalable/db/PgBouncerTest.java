package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.config.Settings;
import dev.scalable.db.Db.Isolation;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pool behind a real PgBouncer in transaction mode, which has fewer connections and deals them out. */
class PgBouncerTest {

  /** A safety limit, far above what is seen. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static final int SERVER_CONNECTIONS = 3;
  private static final int POOL = 12;

  @TempDir
  private static Path folder;

  private static OwnPostgres primary;
  private static OwnPostgres replica;
  private static PgBouncer pooler;

  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeAll
  static void start_them() throws Exception {
    PgBouncer.assumeUsable();
    primary = OwnPostgres.in(folder);
    primary.start("max_connections=20");
    primary.execute("create table account (id int primary key, balance int not null);"
        + " insert into account values (1, 0), (2, 0)");
    primary.stop();
    replica = primary.standby(folder, "replica");
    primary.start("max_connections=20");
    replica.start("max_connections=20");
    pooler = PgBouncer.start(folder,
        "app = dbname=postgres host=127.0.0.1 port=" + primary.port() + "\n"
            + "app_ro = dbname=postgres host=127.0.0.1 port=" + replica.port() + "\n",
        "ignore_startup_parameters = extra_float_digits, options\ndefault_pool_size = " + SERVER_CONNECTIONS);
  }

  @AfterAll
  static void stop_them() throws Exception {
    for (AutoCloseable each : new AutoCloseable[] {pooler, replica, primary}) {
      if (each != null) {
        each.close();
      }
    }
  }

  @AfterEach
  void close_what_was_opened() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  private static DbSettings settings(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(Map.of(
        "SCALABLE_DB_URL", "jdbc:postgresql://" + pooler.address() + "/app",
        "SCALABLE_DB_USER", OwnPostgres.USER, "SCALABLE_DB_PASSWORD", OwnPostgres.PASSWORD,
        "SCALABLE_DB_POOL_SIZE", String.valueOf(POOL),
        "SCALABLE_DB_LIMITS", "transaction"));
    all.putAll(more);
    return DbSettings.from(Settings.of(all));
  }

  private PooledDb db(Map<String, String> more) throws SQLException {
    DbSettings settings = settings(more);
    Pool pool = new Pool(settings);
    opened.add(pool::stop);
    pool.start();
    Replicas replicas = new Replicas(settings);
    opened.add(replicas::stop);
    replicas.start();
    return new PooledDb(pool, replicas);
  }

  /** Does the same on as many threads at once as the pool has connections, and returns what each returned. */
  private static <T> List<T> onAll(Callable<T> work) throws Exception {
    List<T> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CyclicBarrier together = new CyclicBarrier(POOL);
      List<Future<T>> all = new ArrayList<>();
      for (int i = 0; i < POOL; i++) {
        all.add(threads.submit(() -> {
          together.await();
          return work.call();
        }));
      }
      for (Future<T> each : all) {
        results.add(each.get());
      }
    }
    return results;
  }

  private static String text(Tx tx, String question) {
    return tx.handle().createQuery(question).mapTo(String.class).one();
  }

  /** What a plain session sees that gets each of the pooler's connections in turn. */
  private static Set<String> seenByOthers(String question) throws Exception {
    Set<String> seen = new TreeSet<>();
    onAll(() -> {
      try (Connection connection = DriverManager.getConnection("jdbc:postgresql://" + pooler.address() + "/app",
          OwnPostgres.USER, OwnPostgres.PASSWORD); Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(question)) {
        row.next();
        synchronized (seen) {
          return seen.add(row.getString(1));
        }
      }
    });
    return seen;
  }

  @Test
  void statements_that_the_server_has_prepared_are_found_on_whichever_connection_a_transaction_gets() throws Exception {
    PooledDb db = db(Map.of());
    onAll(() -> {
      // The driver has a statement prepared at its fifth use on one of its connections.
      for (int i = 0; i < 40; i++) {
        int id = i;
        int same = db.read(tx -> tx.handle().createQuery("select :id::int where true").bind("id", id)
            .mapTo(Integer.class).one());
        assertThat(same).isEqualTo(id);
      }
      return true;
    });
    String prepared = db.read(tx -> text(tx,
        "select count(*)::text from pg_prepared_statements where statement like '%where true%'"));
    assertThat(prepared).isNotEqualTo("0");
    assertThat(Integer.parseInt(primary.execute(
        "select count(*) from pg_stat_activity where application_name = 'scalable' and datname = 'postgres'")))
        .as("no more of the server than the pooler has").isBetween(1, SERVER_CONNECTIONS);
  }

  @Test
  void limits_hold_in_each_transaction_and_in_no_other() throws Exception {
    PooledDb db = db(Map.of("SCALABLE_DB_STATEMENT_TIMEOUT", "700ms", "SCALABLE_DB_LOCK_TIMEOUT", "300ms"));
    String limits = "select current_setting('statement_timeout') || ' ' || current_setting('lock_timeout') || ' '"
        + " || current_setting('idle_in_transaction_session_timeout')";
    String ours = "700ms 300ms 5700ms";
    assertThat(onAll(() -> db.<String, RuntimeException>read(tx -> text(tx, limits)))).containsOnly(ours);
    assertThat(onAll(() -> db.<String, RuntimeException>write(tx -> text(tx, limits)))).containsOnly(ours);
    assertThatThrownBy(() -> db.read(tx -> text(tx, "select pg_sleep(30)::text"))).isInstanceOf(DbUnavailable.class)
        .hasMessageContaining("statement timeout");
    assertThat(seenByOthers(limits)).containsOnly("0 0 0");
  }

  @Test
  void neither_reading_only_nor_isolation_is_left_behind_for_the_next() throws Exception {
    PooledDb db = db(Map.of());
    String state = "select current_setting('transaction_read_only') || ' ' || current_setting('transaction_isolation')";
    for (int i = 0; i < 3; i++) {
      assertThat(onAll(() -> db.<String, RuntimeException>read(tx -> text(tx, state))))
          .containsOnly("on read committed");
      assertThat(onAll(() -> db.<String, RuntimeException>write(Isolation.SERIALIZABLE, tx -> text(tx, state))))
          .containsOnly("off serializable");
      assertThat(onAll(() -> db.<String, RuntimeException>write(tx -> text(tx, state))))
          .containsOnly("off read committed");
    }
    assertThat(seenByOthers(state)).containsOnly("off read committed");
  }

  @Test
  void transactions_that_stand_in_each_others_way_are_tried_again_and_none_is_lost() throws Exception {
    PooledDb db = db(Map.of("SCALABLE_DB_ATTEMPTS", "20", "SCALABLE_DB_RETRY_TIME", "30s"));
    primary.execute("update account set balance = 0");
    onAll(() -> {
      for (int i = 0; i < 5; i++) {
        db.write(Isolation.SERIALIZABLE, tx -> {
          int before = Integer.parseInt(text(tx, "select balance::text from account where id = 1"));
          return tx.handle().execute("update account set balance = ? where id = 1", before + 1);
        });
      }
      return true;
    });
    assertThat(primary.execute("select balance from account where id = 1")).isEqualTo(String.valueOf(5 * POOL));
    assertThat(db.stats().retried().get("40001")).isPositive();
    assertThat(db.stats().ended()).containsEntry(Outcome.UNKNOWN, 0L);
  }

  @Test
  void connections_to_the_pooler_need_not_fit_into_the_server() throws Exception {
    PooledDb db = db(Map.of("SCALABLE_INSTANCES", "1000", "SCALABLE_DB_POOL_SIZE", "40"));
    await().atMost(LONGEST).until(() -> db.stats().open() == 40);
    assertThat(onAll(() -> db.<String, RuntimeException>read(tx -> text(tx, "select 'served'"))))
        .containsOnly("served");
  }

  @Test
  void limits_that_the_pooler_drops_stop_the_start_with_what_to_do() {
    Pool pool = new Pool(settings(Map.of("SCALABLE_DB_LIMITS", "connection")));
    opened.add(pool::stop);
    assertThatThrownBy(pool::start).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("statement_timeout is 0 ms on its connections and not 5000 ms")
        .hasMessageContaining("set SCALABLE_DB_LIMITS=transaction");
  }

  @Test
  void reads_go_to_a_replica_behind_the_pooler_as_long_as_it_is_fresh() throws Exception {
    PooledDb db = db(Map.of("SCALABLE_DB_REPLICA_URL", "jdbc:postgresql://" + pooler.address() + "/app_ro",
        "SCALABLE_DB_REPLICA_MAX_LAG", "400ms"));
    await().atMost(LONGEST).until(() -> recovering(db));
    replica.execute("select pg_wal_replay_pause()");
    try {
      db.write(tx -> tx.handle().execute("update account set balance = 1 where id = 2"));
      await().atMost(LONGEST).until(() -> !recovering(db));
    } finally {
      replica.execute("select pg_wal_replay_resume()");
    }
    await().atMost(LONGEST).until(() -> recovering(db));
  }

  private static boolean recovering(Db db) {
    return db.read(tx -> tx.handle().createQuery("select pg_is_in_recovery()").mapTo(Boolean.class).one());
  }
}
