package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.config.Settings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A primary with a synchronous streaming replica, both real: the primary is killed under load and the replica promoted. The
 * pools, the one for reads from replicas too, know both addresses and are not started anew.
 */
class FailoverTest {

  private static final int WRITERS = 8;
  private static final int WRITES_EACH_SIDE = 500;

  /** A safety limit, far above what is seen. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  @TempDir
  private Path folder;

  private final AtomicInteger next = new AtomicInteger();
  private final Queue<Integer> acknowledged = new ConcurrentLinkedQueue<>();
  private final Queue<Integer> unknown = new ConcurrentLinkedQueue<>();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicLong latest = new AtomicLong();
  private final AtomicLong longestGap = new AtomicLong();
  private final AtomicBoolean done = new AtomicBoolean();

  @Test
  void no_acknowledged_write_is_lost_when_the_replica_is_promoted_and_writing_goes_on_without_a_restart() throws Exception {
    try (OwnPostgres primary = OwnPostgres.in(folder)) {
      primary.start();
      primary.execute("create table entry (id int primary key)");
      primary.stop();
      try (OwnPostgres replica = primary.standby(folder, "replica")) {
        primary.start("synchronous_standby_names=replica");
        replica.start();
        await().atMost(LONGEST).until(() -> primary.execute("select count(*) from pg_stat_replication where sync_state = 'sync'")
            .equals("1"));
        promoteUnderLoad(primary, replica);
        verify(replica);
      }
    }
  }

  private void promoteUnderLoad(OwnPostgres primary, OwnPostgres replica) throws Exception {
    String both = "jdbc:postgresql://" + primary.address() + "," + replica.address() + "/postgres";
    DbSettings settings = DbSettings.from(Settings.of(Map.of(
        "SCALABLE_DB_URL", both + "?targetServerType=primary&hostRecheckSeconds=1",
        "SCALABLE_DB_REPLICA_URL", both, "SCALABLE_DB_REPLICA_MAX_LAG", "400ms",
        "SCALABLE_DB_USER", OwnPostgres.USER, "SCALABLE_DB_PASSWORD", OwnPostgres.PASSWORD, "SCALABLE_DB_POOL_SIZE", "4")));
    Pool pool = new Pool(settings);
    pool.start();
    Replicas replicas = new Replicas(settings);
    replicas.start();
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      PooledDb db = new PooledDb(pool, replicas);
      await().atMost(LONGEST).until(() -> port(db) == replica.port());
      latest.set(System.nanoTime());
      for (int i = 0; i < WRITERS; i++) {
        writers.execute(() -> writeUntilDone(db));
      }
      try {
        await().atMost(LONGEST).until(() -> acknowledged.size() >= WRITES_EACH_SIDE);
        primary.kill();
        long killed = System.nanoTime();
        replica.execute("select pg_promote(true, 60)");
        long promoted = System.nanoTime();
        int before = acknowledged.size();
        await().atMost(LONGEST).until(() -> acknowledged.size() >= before + WRITES_EACH_SIDE);
        readWhatIsKnown(db, replica);
        System.out.println("failover: promoted " + Duration.ofNanos(promoted - killed).toMillis() + " ms after the kill, no write"
            + " acknowledged for " + Duration.ofNanos(longestGap.get()).toMillis() + " ms; " + acknowledged.size()
            + " acknowledged, " + unknown.size() + " unknown, " + refused + " refused");
      } finally {
        done.set(true);
      }
    } finally {
      replicas.stop();
      pool.stop();
    }
  }

  private static int port(PooledDb db) {
    return db.read(tx -> tx.handle().createQuery("select inet_server_port()").mapTo(Integer.class).one());
  }

  /** There is no replica any more, and the new primary answers for it. */
  private void readWhatIsKnown(PooledDb db, OwnPostgres promoted) {
    assertThat(port(db)).isEqualTo(promoted.port());
    int newest = next.incrementAndGet();
    db.write(tx -> tx.handle().execute("insert into entry values (?)", newest));
    acknowledged.add(newest);
    await().atMost(LONGEST).until(() -> db.read(tx ->
        tx.handle().createQuery("select exists (select from entry where id = :id)").bind("id", newest)
            .mapTo(Boolean.class).one()));
    await().atMost(LONGEST).until(() -> port(db) == promoted.port() && leftToPrimary(db) > 0);
  }

  private static long leftToPrimary(PooledDb db) {
    Db.ReplicaStats stats = db.stats().replicas();
    return stats == null ? 0 : stats.reads().getOrDefault("unavailable", 0L) + stats.reads().getOrDefault("stale", 0L);
  }

  private void writeUntilDone(PooledDb db) {
    while (!done.get()) {
      int id = next.incrementAndGet();
      try {
        db.write(tx -> tx.handle().execute("insert into entry values (?)", id));
        acknowledged.add(id);
        long now = System.nanoTime();
        longestGap.accumulateAndGet(now - latest.getAndSet(now), Math::max);
      } catch (CommitUnknown e) {
        unknown.add(id);
      } catch (DbUnavailable | JdbiException e) {
        refused.incrementAndGet();
      }
    }
  }

  private void verify(OwnPostgres replica) throws Exception {
    Set<Integer> rows = new HashSet<>();
    try (Connection connection = replica.connect(); Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("select id from entry")) {
      while (found.next()) {
        rows.add(found.getInt(1));
      }
    }
    assertThat(rows).as("nothing that was acknowledged is lost").containsAll(acknowledged);
    Set<Integer> others = new HashSet<>(rows);
    acknowledged.forEach(others::remove);
    assertThat(unknown).as("nothing else was written but what is said to be unknown").containsAll(others);
    assertThat(Duration.ofNanos(longestGap.get())).isLessThan(LONGEST);
  }
}
