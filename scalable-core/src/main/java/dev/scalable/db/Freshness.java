package dev.scalable.db;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/**
 * Judges whether what is at the other end of a connection is a replica that lags no more than it may. Each connection
 * is judged on its own: an address may lead to several replicas. What one look has found out holds for as long as the
 * lag is allowed to be, so most transactions ask nothing.
 *
 * <p>It does not ask the replica for its own idea of its lag. The time of the last commit that it has replayed grows
 * old while the primary is idle, and one that has lost its primary has replayed all that it has received.
 *
 * <p>Safe for use by many threads, each on a connection of its own.
 */
final class Freshness {

  /** Anybody may see that there is a receiver. One that has gone astray at a failover has none that stays. */
  private static final String QUESTION = """
      select pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn() - '0/0'::pg_lsn, 0),
      exists (select from pg_stat_wal_receiver)
      """;

  private final Marks marks;
  private final Duration maxLag;
  private final Duration pause;
  private final Map<Connection, Known> connections = Collections.synchronizedMap(new WeakHashMap<>());
  private volatile @Nullable Duration lag;

  /** Of one connection, by the thread that has it. */
  private static final class Known {
    private long freshUntil = System.nanoTime();
    private long nextLook = freshUntil;
  }

  /**
   * Judges by these rules.
   *
   * @param marks how far the primary was
   * @param maxLag most lag
   * @param pause time between two looks at what is stale
   */
  Freshness(Marks marks, Duration maxLag, Duration pause) {
    this.marks = marks;
    this.maxLag = maxLag;
    this.pause = pause;
  }

  /**
   * Lets a transaction begin or not.
   *
   * @param connection in the transaction, in which nothing was read yet
   * @param sameServer whether what one look has found out holds for the next transaction, too; not behind a pooler, which may
   *     have it done by another server
   * @throws StaleReplica if it must not be read from
   */
  void require(Connection connection, boolean sameServer) throws SQLException {
    Known known = connections.computeIfAbsent(connection.unwrap(BaseConnection.class), unseen -> new Known());
    long now = System.nanoTime();
    if (!sameServer || now - known.freshUntil >= 0) {
      if (sameServer && now - known.nextLook < 0) {
        throw new StaleReplica("a replica was stale a moment ago", false);
      }
      known.nextLook = now + pause.toNanos();
      known.freshUntil = look(connection) + maxLag.toNanos();
      if (System.nanoTime() - known.freshUntil >= 0) {
        throw new StaleReplica("a replica is more than " + maxLag.toMillis()
            + " ms (SCALABLE_DB_REPLICA_MAX_LAG) behind", false);
      }
    }
  }

  /** The time up to which what is committed is known to be there. */
  private long look(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(QUESTION)) {
      row.next();
      if (!row.getBoolean(1)) {
        throw new StaleReplica("a replica was promoted", true);
      }
      OptionalLong until = marks.knownUntil(row.getLong(2));
      long found = System.nanoTime();
      lag = until.isPresent() ? Duration.ofNanos(found - until.getAsLong()) : null;
      if (!row.getBoolean(3)) {
        throw new StaleReplica("a replica has no connection to its primary", false);
      }
      return until.orElseThrow(() -> new StaleReplica("how far a replica is behind is not known", false));
    }
  }

  /** How old what a replica showed was at most, at the last look at one; null if that is not known. */
  @Nullable Duration lag() {
    return lag;
  }
}
