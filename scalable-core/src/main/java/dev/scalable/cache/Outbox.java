package dev.scalable.cache;

import dev.scalable.check.SharedState;
import dev.scalable.config.Settings;
import dev.scalable.db.Db;
import dev.scalable.db.Tx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.JdbiException;

/**
 * The table of announced invalidations. A row is there if and only if the change that it announces is, and it is done
 * with when Redis has taken it in the present epoch. Safe for use by many threads.
 */
@Singleton
@SharedState("what Redis has taken and the table is yet to be told, and whether the table was seen")
final class Outbox {

  /** In a row: all keys of the cache. */
  static final List<String> ALL_KEYS = List.of();

  /** No table, no schema, no such column: PostgreSQL manual, appendix A. */
  private static final Set<String> NO_TABLE = Set.of("42P01", "3F000", "42703");

  private static final int BATCH = 1_000;

  private final Db db;
  private final String namespace;
  private final Duration keep;
  private final Queue<Taken> taken = new ConcurrentLinkedQueue<>();
  private volatile boolean present;

  /** That Redis has taken what a row says. */
  private record Taken(long row, String epoch) {}

  @Inject
  Outbox(Db db, CacheSettings settings, Settings own) {
    this.db = db;
    this.namespace = settings.namespace();
    this.keep = OutboxSettings.from(own).keep();
  }

  /**
   * Has it written down at the end of a transaction what is to be invalidated when it has committed.
   *
   * @return the row, once it has
   * @throws IllegalStateException if the table is not there
   */
  LongSupplier announce(Tx tx, String cache, List<String> keys) {
    if (!present) {
      seeTable(tx, cache);
    }
    return tx.withCommit(OutboxRows.ANNOUNCE, namespace, cache, keys.toArray(String[]::new));
  }

  /** What is sent with the commit would only be told of a table that it does not know. */
  private void seeTable(Tx tx, String cache) {
    try {
      tx.dao(OutboxRows.class).check();
      present = true;
    } catch (JdbiException e) {
      if (e.getCause() instanceof SQLException cause && cause.getSQLState() != null
          && NO_TABLE.contains(cause.getSQLState())) {
        throw new IllegalStateException("An invalidation of cache " + cache + " was announced in a transaction, and the"
            + " database of SCALABLE_DB_URL does not have the table scalable.cache_outbox as this version of scalable-core"
            + " uses it. The transaction is rolled back: run the migrations in dev/scalable/migration of scalable-core", e);
      }
      throw e;
    }
  }

  /**
   * Notes that Redis has taken what a row says in an epoch, if it has; the table is told a little later, with others.
   */
  void taken(long row, String epoch) {
    if (!epoch.isEmpty()) {
      taken.add(new Taken(row, epoch));
    }
  }

  /** Tells the table what Redis has taken. What is lost here is sent once more than needed. */
  void settle() {
    while (!taken.isEmpty()) {
      Map<String, List<Long>> byEpoch = new HashMap<>();
      for (int i = 0; i < BATCH; i++) {
        Taken one = taken.poll();
        if (one == null) {
          break;
        }
        byEpoch.computeIfAbsent(one.epoch(), epoch -> new ArrayList<>()).add(one.row());
      }
      db.write(tx -> {
        OutboxRows rows = tx.dao(OutboxRows.class);
        byEpoch.forEach(rows::taken);
        return byEpoch.size();
      });
    }
  }

  /** Looks whether the table is there; once it was seen, it is. */
  boolean look() {
    if (!present) {
      present = db.readPrimary(tx -> tx.dao(OutboxRows.class).exists());
    }
    return present;
  }

  /** Whether the table was seen. */
  boolean isPresent() {
    return present;
  }

  /**
   * How far back invalidations are sent again when Redis may have lost some. Half of the time that they are kept: the
   * other half is for clocks that differ. Zero while no table was seen: nothing is sent again then.
   */
  Duration reach() {
    return present ? keep.dividedBy(2) : Duration.ZERO;
  }

  OutboxRows.Backlog backlog(String epoch) {
    return db.readPrimary(tx -> tx.dao(OutboxRows.class).backlog(namespace, epoch));
  }

  /**
   * Does something with some rows that are due in an epoch, in a transaction that has them; what it returns is noted as
   * taken.
   */
  int relay(String epoch, int most, Sender sender) {
    return db.write(tx -> {
      OutboxRows rows = tx.dao(OutboxRows.class);
      List<OutboxRows.Row> due = rows.due(namespace, epoch, most);
      if (!due.isEmpty()) {
        sender.send(due).forEach(rows::taken);
      }
      return due.size();
    });
  }

  /** Sends what rows say. */
  @FunctionalInterface
  interface Sender {
    /** Returns the rows that Redis has taken, by epoch. It may be called again with the same rows. */
    Map<String, List<Long>> send(List<OutboxRows.Row> rows);
  }

  /** Deletes what was taken in the present epoch so long ago that it is not sent again. */
  void deleteOld(String epoch) {
    int deleted;
    do {
      deleted = db.write(tx -> tx.dao(OutboxRows.class).deleteOld(namespace, epoch, keep.toMillis(), BATCH));
    } while (deleted == BATCH && !Thread.currentThread().isInterrupted());
  }
}
