package dev.scalable.cache;

import dev.scalable.db.Db;
import dev.scalable.db.Outcome;
import dev.scalable.db.Tx;
import dev.scalable.db.Work;
import dev.scalable.simulation.Timeline;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The database of the simulation: rows that have nothing but a version, which each commit that changes them counts up,
 * and the table of announced invalidations. What a transaction does is there at its commit, all at once.
 */
final class SimDb {

  private static final long LOCKS_OF_THE_DEAD = Duration.ofMillis(500).toNanos();

  private final Timeline timeline;
  private final Map<Long, Long> versions = new TreeMap<>();
  private final Map<Long, Announced> rows = new LinkedHashMap<>();
  private final Set<SimTx> open = new HashSet<>();
  private long nextRow = 1;
  /** Negative control: no row is ever found due. */
  boolean relaysNothing;
  /** Nobody reaches it. */
  boolean away;
  /** Of a thousand commits, so many have an outcome that nobody knows. */
  int unknown;

  /** Something that the database does not do. */
  static final class Away extends RuntimeException {
    private static final long serialVersionUID = 1;

    Away(String message) {
      super(message, null, false, false);
    }
  }

  private static final class Announced {
    final String cache;
    final List<String> keys;
    final long createdAt;
    String takenIn = "";
    @Nullable SimTx lockedBy;

    Announced(String cache, List<String> keys, long createdAt) {
      this.cache = cache;
      this.keys = keys;
      this.createdAt = createdAt;
    }
  }

  SimDb(Timeline timeline) {
    this.timeline = timeline;
  }

  /** What is committed of a key; 0 if it is not there. */
  long version(long key) {
    return versions.getOrDefault(key, 0L);
  }

  /** How an instance uses it. */
  Client client(Timeline.Machine machine) {
    return new Client(machine);
  }

  /** What a dead machine had locked is free after a while. */
  void died(Timeline.Machine machine) {
    timeline.in(LOCKS_OF_THE_DEAD, () -> List.copyOf(open).stream().filter(tx -> tx.machine == machine)
        .forEach(this::close));
  }

  private void close(SimTx tx) {
    open.remove(tx);
    rows.values().stream().filter(row -> row.lockedBy == tx).forEach(row -> row.lockedBy = null);
  }

  private void statement() {
    timeline.sleepOn(100_000 + timeline.chance().nextLong(timeline.happens(20) ? 300_000_000 : 2_000_000));
    if (away) {
      throw new Away("the database is away");
    }
  }

  /** The connections of an instance. */
  final class Client implements Db {

    private final Timeline.Machine machine;
    private final Set<Thread> inTransaction = new HashSet<>();

    private Client(Timeline.Machine machine) {
      this.machine = machine;
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T read(Work<T, X> work) throws X {
      return readPrimary(work);
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T readPrimary(Work<T, X> work) throws X {
      SimTx tx = new SimTx(machine);
      inTransaction.add(Thread.currentThread());
      try {
        return work.in(tx);
      } finally {
        inTransaction.remove(Thread.currentThread());
      }
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T write(Isolation isolation, Work<T, X> work) throws X {
      SimTx tx = new SimTx(machine);
      open.add(tx);
      inTransaction.add(Thread.currentThread());
      Outcome outcome = Outcome.ROLLED_BACK;
      try {
        T result = work.in(tx);
        statement();
        boolean unclear = timeline.happens(unknown);
        if (!unclear || timeline.chance().nextBoolean()) {
          tx.changes.forEach(Runnable::run);
        }
        close(tx);
        timeline.sleepOn(timeline.chance().nextLong(timeline.happens(50) ? 300_000_000 : 2_000_000));
        outcome = unclear ? Outcome.UNKNOWN : Outcome.COMMITTED;
        return result;
      } finally {
        close(tx);
        inTransaction.remove(Thread.currentThread());
        for (Consumer<Outcome> action : tx.ends) {
          action.accept(outcome);
        }
      }
    }

    @Override
    public boolean inTransaction() {
      return inTransaction.contains(Thread.currentThread());
    }

    @Override
    public Stats stats() {
      throw new UnsupportedOperationException();
    }
  }

  /** A transaction. */
  final class SimTx implements Tx {

    private final Timeline.Machine machine;
    private final List<Runnable> changes = new ArrayList<>();
    private final List<Consumer<Outcome>> ends = new ArrayList<>();

    private SimTx(Timeline.Machine machine) {
      this.machine = machine;
    }

    /** Changes the row of a key. */
    void change(long key) {
      changes.add(() -> versions.merge(key, 1L, Long::sum));
    }

    /** Has something run at the moment of the commit, after what was given before. */
    void committed(Runnable action) {
      changes.add(action);
    }

    @Override
    public <D> D dao(Class<D> sqlObject) {
      return sqlObject.cast(new SimOutboxRows(this));
    }

    @Override
    public Handle handle() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Connection connection() {
      throw new UnsupportedOperationException();
    }

    /** The one statement that is sent with a commit here. */
    @Override
    public LongSupplier withCommit(String sql, @Nullable Object... parameters) {
      if (!sql.equals(OutboxRows.ANNOUNCE)) {
        throw new UnsupportedOperationException(sql);
      }
      long id = nextRow++;
      String cache = (String) Objects.requireNonNull(parameters[1]);
      List<String> keys = List.of((String[]) Objects.requireNonNull(parameters[2]));
      changes.add(() -> rows.put(id, new Announced(cache, keys, timeline.now())));
      return () -> id;
    }

    @Override
    public void onEnd(Consumer<Outcome> action) {
      ends.add(action);
    }

    @Override
    public void afterCommit(Runnable action) {
      throw new UnsupportedOperationException();
    }
  }

  private final class SimOutboxRows implements OutboxRows {

    private final SimTx tx;

    private SimOutboxRows(SimTx tx) {
      this.tx = tx;
    }

    @Override
    public int taken(String epoch, List<Long> ids) {
      statement();
      tx.changes.add(() -> ids.forEach(id -> {
        Announced row = rows.get(id);
        if (row != null) {
          row.takenIn = epoch;
        }
      }));
      return ids.size();
    }

    @Override
    public List<Row> due(String namespace, String epoch, int most) {
      statement();
      List<Row> due = new ArrayList<>();
      rows.forEach((id, row) -> {
        if (!relaysNothing && !row.takenIn.equals(epoch) && row.lockedBy == null && due.size() < most
            && timeline.now() - row.createdAt > Duration.ofSeconds(1).toNanos()) {
          row.lockedBy = tx;
          due.add(new Row(id, row.cache, row.keys));
        }
      });
      return due;
    }

    @Override
    public Backlog backlog(String namespace, String epoch) {
      statement();
      return new Backlog(rows.values().stream().filter(row -> !row.takenIn.equals(epoch)).count(), 0);
    }

    @Override
    public int deleteOld(String namespace, String epoch, long keepMillis, int most) {
      statement();
      return 0;
    }

    @Override
    public int check() {
      statement();
      return 0;
    }

    @Override
    public boolean exists() {
      statement();
      return true;
    }
  }
}
