package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.config.Settings;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads from real streaming replicas of a real primary. */
class ReplicaTest {

  /** A safety limit, far above what is seen. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static final Duration MAX_LAG = Duration.ofMillis(400);

  @TempDir
  private static Path folder;

  private static OwnPostgres primary;
  private static OwnPostgres replica;
  /** Another, which is started by the test that needs it. */
  private static OwnPostgres spare;

  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeAll
  static void start_a_primary_with_a_replica() throws Exception {
    primary = OwnPostgres.in(folder);
    primary.start();
    primary.execute("create table entry (id int primary key)");
    primary.stop();
    replica = primary.standby(folder, "replica");
    spare = primary.standby(folder, "spare");
    primary.start();
    startReplica(replica);
  }

  /** It gives way to the log at once, and looks for its primary often. */
  private static void startReplica(OwnPostgres server) throws IOException {
    server.start("max_standby_streaming_delay=0", "wal_retrieve_retry_interval=100ms");
  }

  @AfterAll
  static void stop_them() throws IOException {
    for (OwnPostgres server : Arrays.asList(spare, replica, primary)) {
      if (server != null) {
        server.close();
      }
    }
  }

  @AfterEach
  void close_what_was_opened() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  private PooledDb db(String addressesOfReplicas) throws SQLException {
    return db(addressesOfReplicas + "/postgres", MAX_LAG);
  }

  private PooledDb db(String replicas, Duration maxLag) throws SQLException {
    DbSettings settings = DbSettings.from(Settings.of(Map.of(
        "SCALABLE_DB_URL", "jdbc:postgresql://" + primary.address() + "/postgres",
        "SCALABLE_DB_REPLICA_URL", "jdbc:postgresql://" + replicas,
        "SCALABLE_DB_REPLICA_MAX_LAG", maxLag.toMillis() + "ms",
        "SCALABLE_DB_REPLICA_POOL_SIZE", "4",
        "SCALABLE_DB_USER", OwnPostgres.USER, "SCALABLE_DB_PASSWORD", OwnPostgres.PASSWORD,
        "SCALABLE_DB_POOL_SIZE", "4")));
    Pool pool = new Pool(settings);
    opened.add(pool::stop);
    pool.start();
    Replicas others = new Replicas(settings);
    opened.add(others::stop);
    others.start();
    return new PooledDb(pool, others);
  }

  private static int portOf(Tx tx) {
    return tx.handle().createQuery("select inet_server_port()").mapTo(Integer.class).one();
  }

  private static int port(Db db) {
    return db.read(ReplicaTest::portOf);
  }

  private static void awaitReadsFrom(OwnPostgres server, Db db) {
    await().atMost(LONGEST).pollInterval(Duration.ofMillis(20)).until(() -> port(db) == server.port());
  }

  private static boolean passed(long since, Duration time) {
    return Duration.ofNanos(System.nanoTime() - since).compareTo(time) > 0;
  }

  private static void insert(Db db, int id) {
    db.write(tx -> tx.handle().execute("insert into entry values (?)", id));
  }

  private static boolean has(Tx tx, int id) {
    return tx.handle().createQuery("select exists (select from entry where id = :id)").bind("id", id)
        .mapTo(Boolean.class).one();
  }

  private static long reads(Db db, String result) {
    Db.ReplicaStats replicas = db.stats().replicas();
    return replicas == null ? -1 : replicas.reads().getOrDefault(result, -1L);
  }

  @Test
  void reads_are_done_on_the_replica_and_all_else_on_the_primary_which_shows_every_own_write() throws Exception {
    PooledDb db = db(replica.address());
    awaitReadsFrom(replica, db);
    assertThat(db.<Integer, RuntimeException>readPrimary(ReplicaTest::portOf)).isEqualTo(primary.port());
    assertThat(db.<Integer, RuntimeException>write(ReplicaTest::portOf)).isEqualTo(primary.port());
    for (int id = 1_000; id < 1_100; id++) {
      insert(db, id);
      int mine = id;
      assertThat(db.<Boolean, RuntimeException>readPrimary(tx -> has(tx, mine))).isTrue();
    }
    assertThatThrownBy(() -> db.read(tx -> tx.handle().execute("insert into entry values (1)")))
        .isInstanceOf(JdbiException.class).hasMessageContaining("read-only");
    long committed = db.stats().ended().getOrDefault(Outcome.COMMITTED, 0L);
    assertThat(committed).isGreaterThanOrEqualTo(202 + reads(db, "served"));
    assertThat(db.stats().replicas()).satisfies(stats -> {
      assertThat(stats.size()).isEqualTo(4);
      assertThat(stats.lag()).isPositive().isLessThan(LONGEST);
    });
  }

  @Test
  void a_read_misses_nothing_that_was_committed_longer_ago_than_the_replica_may_lag() throws Exception {
    PooledDb db = db(replica.address());
    awaitReadsFrom(replica, db);
    replica.execute("select pg_wal_replay_pause()");
    try {
      insert(db, 1);
      long committed = System.nanoTime();
      AtomicInteger missed = new AtomicInteger();
      await().atMost(LONGEST).pollInterval(Duration.ofMillis(5)).until(() -> {
        long began = System.nanoTime();
        boolean seen = db.read(tx -> has(tx, 1));
        if (!seen) {
          missed.incrementAndGet();
          assertThat(Duration.ofNanos(began - committed)).isLessThan(MAX_LAG);
        }
        return passed(committed, MAX_LAG.multipliedBy(4));
      });
      assertThat(missed).as("the replica was read from at first, and did not have it").hasPositiveValue();
      assertThat(reads(db, "stale")).isPositive();
      assertThat(port(db)).isEqualTo(primary.port());
    } finally {
      replica.execute("select pg_wal_replay_resume()");
    }
    awaitReadsFrom(replica, db);
    assertThat(db.<Boolean, RuntimeException>read(tx -> has(tx, 1))).isTrue();
  }

  @Test
  void a_replica_of_an_idle_primary_is_not_stale() throws Exception {
    PooledDb db = db(replica.address());
    awaitReadsFrom(replica, db);
    long idle = System.nanoTime();
    await().atMost(LONGEST).until(() -> passed(idle, MAX_LAG.multipliedBy(3)));
    awaitReadsFrom(replica, db);
  }

  @Test
  void a_replica_that_has_lost_its_primary_counts_as_stale_although_nothing_is_written() throws Exception {
    Duration maxLag = Duration.ofMillis(1_500);
    PooledDb db = db(replica.address() + "/postgres", maxLag);
    awaitReadsFrom(replica, db);
    String link = replica.execute("show primary_conninfo");
    replica.execute("alter system set primary_conninfo = 'host=127.0.0.1 port=1'; select pg_reload_conf()");
    try {
      awaitReadsFrom(primary, db);
      assertThat(db.stats().replicas()).satisfies(stats ->
          assertThat(stats.lag()).as("it is not for what it has missed").isLessThan(maxLag));
    } finally {
      replica.execute("alter system set primary_conninfo = '" + link.replace("'", "''") + "'; select pg_reload_conf()");
    }
    awaitReadsFrom(replica, db);
  }

  @Test
  void no_read_fails_when_the_replica_is_killed_and_it_is_used_again_when_it_is_back() throws Exception {
    PooledDb db = db(replica.address());
    awaitReadsFrom(replica, db);
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        readers.execute(() -> {
          while (!done.get()) {
            try {
              db.read(tx -> has(tx, 1) && has(tx, 2));
              answered.incrementAndGet();
            } catch (RuntimeException | Error e) {
              failures.add(e);
            }
          }
        });
      }
      try {
        await().atMost(LONGEST).until(() -> answered.get() > 200);
        replica.kill();
        int before = answered.get();
        await().atMost(LONGEST).until(() -> answered.get() > before + 500);
        startReplica(replica);
        awaitReadsFrom(replica, db);
      } finally {
        done.set(true);
      }
    }
    assertThat(failures).isEmpty();
    assertThat(reads(db, "unavailable")).isPositive();
  }

  @Test
  void a_read_that_stands_in_the_way_of_the_log_is_done_again_on_the_primary() throws Exception {
    PooledDb db = db(replica.address());
    primary.execute("drop table if exists doomed; create table doomed as select 1 as id");
    awaitReadsFrom(replica, db);
    await().atMost(LONGEST).until(() -> replica.execute("select to_regclass('doomed')").equals("doomed"));
    CountDownLatch reading = new CountDownLatch(1);
    Thread.ofVirtual().start(() -> {
      try {
        reading.await();
        primary.execute("truncate doomed");
      } catch (InterruptedException | SQLException e) {
        throw new IllegalStateException(e);
      }
    });
    List<Integer> ports = new ArrayList<>();
    // In a transaction, or the table would be free again after its statement.
    int rows = db.read(tx -> tx.handle().inTransaction(handle -> {
      handle.execute("select * from doomed");
      ports.add(portOf(tx));
      reading.countDown();
      handle.execute("select pg_sleep(4) where pg_is_in_recovery()");
      return handle.createQuery("select count(*) from doomed").mapTo(Integer.class).one();
    }));
    assertThat(ports).containsExactly(replica.port(), primary.port());
    assertThat(rows).isBetween(0, 1);
    assertThat(reads(db, "failed") + reads(db, "unavailable")).isPositive();
  }

  @Test
  void what_a_replica_cannot_do_is_done_on_the_primary_and_a_mistake_is_told_as_ever() throws Exception {
    PooledDb db = db(replica.address());
    awaitReadsFrom(replica, db);
    String position = db.read(tx ->
        tx.handle().createQuery("select pg_current_wal_lsn()::text").mapTo(String.class).one());
    assertThat(position).contains("/");
    assertThat(reads(db, "failed")).isEqualTo(1);
    assertThatThrownBy(() -> db.read(tx -> tx.handle().execute("select 1 / 0"))).isInstanceOf(JdbiException.class)
        .hasMessageContaining("division by zero")
        .satisfies(failure -> assertThat(failure.getSuppressed()).as("that of the replica").hasSize(1));
    AtomicInteger calls = new AtomicInteger();
    assertThatThrownBy(() -> db.read(tx -> {
      calls.incrementAndGet();
      throw new IllegalStateException("of the work itself");
    })).hasMessage("of the work itself");
    assertThat(calls).as("of no use to repeat").hasValue(1);
  }

  @Test
  void a_replica_that_was_promoted_is_left_for_another() throws Exception {
    startReplica(spare);
    // In this order, and not at random.
    PooledDb db = db(spare.address() + "," + replica.address() + "/postgres?loadBalanceHosts=false", MAX_LAG);
    awaitReadsFrom(spare, db);
    spare.execute("select pg_promote(true, 60)");
    // Longer than what was found out before may hold.
    long promoted = System.nanoTime();
    await().atMost(LONGEST).until(() -> port(db) > 0 && passed(promoted, MAX_LAG.multipliedBy(2)));
    List<Integer> later = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      later.add(port(db));
    }
    assertThat(later).doesNotContain(spare.port());
    awaitReadsFrom(replica, db);
  }

  @Test
  void an_instance_starts_without_its_replicas_and_reads_from_the_primary() throws Exception {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0)) {
      nobody = socket.getLocalPort();
    }
    PooledDb db = db("127.0.0.1:" + nobody);
    for (int i = 0; i < 20; i++) {
      assertThat(port(db)).isEqualTo(primary.port());
    }
    assertThat(reads(db, "unavailable")).isEqualTo(20);
    assertThat(reads(db, "served")).isZero();
  }

  /** A read of one statement is one round trip only where the server behind a connection is known to stay the same. */
  @Test
  void a_replica_that_comes_after_the_start_costs_no_more_than_one_that_was_there() throws Exception {
    replica.kill();
    PooledDb db = db(replica.address());
    startReplica(replica);
    awaitReadsFrom(replica, db);
    assertThat(db.<Boolean, SQLException>read(tx -> tx.handle().getConnection().getAutoCommit())).isTrue();
    assertThat(port(db)).isEqualTo(replica.port());
  }

  @Test
  void what_becomes_of_reads_is_counted_by_a_closed_set_of_names() throws Exception {
    assertThat(db(replica.address()).stats().replicas()).satisfies(stats ->
        assertThat(stats.reads().keySet().stream().sorted().collect(Collectors.joining(" ")))
            .isEqualTo("failed served stale unavailable"));
  }
}
