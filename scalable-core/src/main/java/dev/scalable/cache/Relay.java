package dev.scalable.cache;

import dev.scalable.check.SharedState;
import dev.scalable.lifecycle.Part;
import dev.scalable.redis.Redis;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the invalidations that were announced in transactions and not taken by Redis in its present epoch: because who
 * announced them has died or cannot reach Redis, or because Redis has lost them. Every instance has one, and no two
 * send the same row at a time. It looks at what is and what should be, about twice a second, and so has nothing to
 * remember.
 *
 * <p>Does nothing in an app without caches, and without the table, which it looks for until it is there.
 */
@Singleton
@SharedState("the thread of this instance that relays invalidations, and what it has seen last")
final class Relay implements Part {

  private static final Logger log = LoggerFactory.getLogger(Relay.class);

  private static final Duration PERIOD = Duration.ofMillis(500);
  /** So few that Redis and the rows' locks are held for milliseconds. */
  private static final int BATCH = 500;
  /** Turns after which old rows are deleted, and the table is looked for again. */
  private static final int SELDOM = 10;

  private final Outbox outbox;
  private final InvalidationLog invalidations;
  private final LogWriter writer;
  private final CoherenceCounts counts;
  private final Host host;
  private volatile @Nullable Thread thread;
  private volatile boolean stopped;
  private volatile OutboxRows.Backlog backlog = new OutboxRows.Backlog(0, 0);

  @Inject
  Relay(Outbox outbox, InvalidationLog invalidations, LogWriter writer, CoherenceCounts counts, Host host) {
    this.outbox = outbox;
    this.invalidations = invalidations;
    this.writer = writer;
    this.counts = counts;
    this.host = host;
  }

  @Override
  public String name() {
    return "the relay of invalidations";
  }

  /** What was waiting when it was looked last. */
  OutboxRows.Backlog backlog() {
    return backlog;
  }

  @Override
  public void start() {
    thread = host.start("invalidation-relay", this::run);
  }

  /** Ends after the turn it is at. */
  @Override
  public void stop() throws InterruptedException {
    stopped = true;
    Thread running = thread;
    if (running == null) {
      return;
    }
    running.interrupt();
    running.join();
    try {
      outbox.settle();
    } catch (RuntimeException e) {
      log.debug("What Redis has taken of this instance's invalidations could not be noted: another sends them again", e);
    }
  }

  private void run() {
    boolean failing = false;
    try {
      int turn = 0;
      while (!stopped) {
        try {
          if (invalidations.isUsed()) {
            take(turn++);
          }
          failing = false;
        } catch (Redis.Unavailable e) {
          log.debug("Invalidations are relayed when Redis can be reached: {}", e.getMessage());
        } catch (RuntimeException e) {
          if (!failing) {
            log.warn("Announced invalidations could not be relayed by this instance, which is tried until it succeeds:"
                + " {}", e.getMessage());
          }
          failing = true;
        }
        // Instances that were started together look at different times.
        host.sleep(PERIOD.dividedBy(2).plusMillis(host.chance().nextLong(PERIOD.toMillis())));
      }
    } catch (InterruptedException e) {
      log.debug("No more invalidations are relayed: this instance stops");
    }
  }

  private void take(int turn) {
    boolean seldom = turn % SELDOM == 0;
    if (!(seldom ? outbox.look() : outbox.isPresent())) {
      return;
    }
    outbox.settle();
    String epoch = invalidations.epoch();
    if (epoch.isEmpty()) {
      return;
    }
    backlog = outbox.backlog(epoch);
    if (backlog.waiting() > 0) {
      int sent;
      do {
        sent = outbox.relay(epoch, BATCH, rows -> send(rows));
        // Not for ever with an epoch that has ended meanwhile: the rows that are taken in the next are still due in
        // this one.
      } while (sent == BATCH && epoch.equals(invalidations.epoch()) && !Thread.currentThread().isInterrupted());
    }
    if (seldom) {
      outbox.deleteOld(epoch);
    }
  }

  /** Sends what rows say, each cache's at once. */
  private Map<String, List<Long>> send(List<OutboxRows.Row> rows) {
    Map<String, List<OutboxRows.Row>> byCache = new HashMap<>();
    rows.forEach(row -> byCache.computeIfAbsent(row.cache(), cache -> new ArrayList<>()).add(row));
    Map<String, List<Long>> taken = new HashMap<>();
    byCache.forEach((cache, all) -> taken.computeIfAbsent(send(cache, all), epoch -> new ArrayList<>())
        .addAll(all.stream().map(OutboxRows.Row::id).toList()));
    return taken;
  }

  private String send(String cache, List<OutboxRows.Row> rows) {
    if (rows.stream().anyMatch(row -> row.keys().isEmpty())) {
      String epoch = writer.clear(cache).epoch();
      counts.invalidated(CoherenceCounts.Origin.RELAY, 1);
      return epoch;
    }
    Set<String> keys = new LinkedHashSet<>();
    rows.forEach(row -> keys.addAll(row.keys()));
    String epoch = writer.invalidate(cache, List.copyOf(keys));
    counts.invalidated(CoherenceCounts.Origin.RELAY, keys.size());
    return epoch;
  }
}
