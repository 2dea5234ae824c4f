package dev.scalable.db;

import dev.scalable.check.SharedState;
import dev.scalable.lifecycle.Part;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicas that reads may go to, if there are any, and when they may not. Nothing fails for want of them: there is
 * the primary.
 */
@Singleton
@SharedState("the connections of this instance to replicas, and what it has found out about them")
final class Replicas implements Part {

  private static final Logger log = LoggerFactory.getLogger(Replicas.class);

  /** After a connection was lost or could not be had, nobody waits for another for so long. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Least time between two lines in the log about reads that went to the primary. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private static final Duration SHORTEST_LOOK = Duration.ofMillis(50);
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);

  /** What became of a call of {@link Db#read}. */
  enum Read { SERVED, STALE, UNAVAILABLE, FAILED }

  /** All that there is only with replicas. */
  private record Open(Pool pool, Freshness freshness, LogWatch watch) {}

  private final @Nullable Open open;
  private final Map<Read, LongAdder> reads = new EnumMap<>(Read.class);
  private final AtomicLong pausedUntil = new AtomicLong(System.nanoTime());
  private final AtomicLong silentUntil = new AtomicLong(System.nanoTime());

  @Inject
  Replicas(DbSettings settings) {
    this(settings.replica() == null ? null : open(settings, settings.replica()));
  }

  private Replicas(@Nullable Open open) {
    this.open = open;
    for (Read read : Read.values()) {
      reads.put(read, new LongAdder());
    }
  }

  /** None: all reads go to the primary. */
  static Replicas none() {
    return new Replicas((Open) null);
  }

  private static Open open(DbSettings settings, DbSettings.Replica replica) {
    Duration look = within(replica.maxLag().dividedBy(4));
    Marks marks = new Marks();
    Freshness freshness = new Freshness(marks, replica.maxLag(), look);
    return new Open(new Pool(settings.of(replica), Servers.REPLICAS, freshness::require), freshness,
        new LogWatch(new PatientSource(settings.url().toString(), Pool.watchProperties(settings)), look, marks));
  }

  private static Duration within(Duration wanted) {
    if (wanted.compareTo(SHORTEST_LOOK) < 0) {
      return SHORTEST_LOOK;
    }
    return wanted.compareTo(LONGEST_LOOK) > 0 ? LONGEST_LOOK : wanted;
  }

  @Override
  public String name() {
    return "the pool of replicas";
  }

  @Override
  public Stage stage() {
    return Stage.CONNECTIONS;
  }

  /** Opens the pool; waits for no server, and fails only if one answers and is not as the settings need it. */
  @Override
  public void start() throws SQLException {
    if (open != null) {
      open.watch().start();
      open.pool().start();
    }
  }

  @Override
  public void stop() throws InterruptedException {
    if (open != null) {
      open.pool().stop();
      open.watch().stop();
    }
  }

  /**
   * The pool to try a read on; null if it goes to the primary at once: there are no replicas, or they were just away.
   */
  @Nullable Pool usable() {
    if (open == null) {
      return null;
    }
    if (open.pool().away() || System.nanoTime() - pausedUntil.get() < 0) {
      count(Read.UNAVAILABLE);
      return null;
    }
    return open.pool();
  }

  void served() {
    count(Read.SERVED);
  }

  /**
   * Says whether a read that has failed on a replica is done again on the primary: if the replica or the database is
   * the reason. That includes errors that may be the replica's alone, such as a table that it does not have yet;
   * those that are not come again.
   */
  boolean leaveToPrimary(Throwable failure) {
    // At a deadline there is no time for it, nor after a statement that took too long and would burden the primary too.
    if (Thread.currentThread().isInterrupted()) {
      return false;
    }
    SQLException cause = SqlStates.in(failure);
    if (failure instanceof StaleReplica stale) {
      count(Read.STALE);
      if (stale.promoted() && open != null) {
        open.pool().replaceAll();
      }
    } else if (cause == null ? !(failure instanceof DbUnavailable) : SqlStates.tooLong(cause)) {
      return false;
    } else if (cause == null || cause.getSQLState() == null || SqlStates.linkLost(cause)) {
      count(Read.UNAVAILABLE);
      if (cause != null) {
        pausedUntil.set(System.nanoTime() + PAUSE.toNanos());
      }
    } else {
      count(Read.FAILED);
    }
    tell(failure);
    return true;
  }

  private void tell(Throwable failure) {
    long now = System.nanoTime();
    long until = silentUntil.get();
    if (now - until >= 0 && silentUntil.compareAndSet(until, now + SILENCE.toNanos())) {
      log.warn("A read went from a replica to the primary; others of the next {} s are only counted: {}",
          SILENCE.toSeconds(), failure.getMessage());
    }
  }

  private void count(Read read) {
    LongAdder count = reads.get(read);
    if (count != null) {
      count.increment();
    }
  }

  /**
   * Adds what was done on replicas to what was done on the primary. What a replica was asked for and did not answer is
   * counted there already.
   */
  Db.Stats addTo(Db.Stats primary) {
    if (open == null) {
      return primary;
    }
    Db.Stats mine = open.pool().stats();
    Map<Outcome, Long> ended = new EnumMap<>(primary.ended());
    ended.merge(Outcome.COMMITTED, mine.ended().getOrDefault(Outcome.COMMITTED, 0L), Long::sum);
    Map<String, Long> counts = reads.entrySet().stream().collect(
        Collectors.toMap(entry -> entry.getKey().name().toLowerCase(Locale.ROOT), entry -> entry.getValue().sum()));
    return new Db.Stats(primary.size(), primary.open(), primary.active(), primary.waiting(), primary.refused(),
        primary.acquired(), primary.acquiring(), ended, primary.retried(),
        new Db.ReplicaStats(mine.size(), mine.open(), mine.active(), open.freshness().lag(), counts));
  }
}
