package dev.scalable.starter.feed;

import dev.scalable.check.SharedState;
import dev.scalable.config.Settings;
import dev.scalable.db.Db;
import dev.scalable.lifecycle.Part;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears the journal of what is older than a client may come back to, by the clock of the database. Every instance
 * does, from time to time; none leads.
 */
@SharedState("the thread of this instance that clears")
final class Clearing implements Part {

  private static final Logger log = LoggerFactory.getLogger(Clearing.class);

  /** So few that their locks are held for milliseconds. */
  private static final int BATCH = 1_000;

  private final Db db;
  private final Duration keep;
  private final Duration every;
  private @Nullable Thread thread;

  private Clearing(Db db, Duration keep, Duration every) {
    this.db = db;
    this.keep = keep;
    this.every = every;
  }

  static Clearing from(Db db, Settings settings) {
    Duration keep =
        settings.duration("STARTER_SALES_KEEP", Duration.ofHours(24), Duration.ofHours(1), Duration.ofDays(366));
    Duration every = settings.duration("STARTER_SALES_CLEAR_EVERY", Duration.ofMinutes(1), Duration.ofMillis(100),
        Duration.ofHours(1));
    return new Clearing(db, keep, every);
  }

  @Override
  public String name() {
    return "the clearing of the journal of sales";
  }

  @Override
  public void start() {
    thread = Thread.ofPlatform().name("clearing of sales").daemon().start(this::run);
  }

  @Override
  public void stop() throws InterruptedException {
    if (thread != null) {
      thread.interrupt();
      thread.join();
    }
  }

  private void run() {
    try {
      while (true) {
        // Instances that were started together clear at different times.
        Thread.sleep(every.toMillis() / 2 + ThreadLocalRandom.current().nextLong(every.toMillis()));
        try {
          clear();
        } catch (RuntimeException e) {
          log.warn("Old sales could not be cleared from the journal, which is tried again in about {} ms: {}",
              every.toMillis(), e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      log.debug("The journal of sales is cleared no more: this instance stops");
    }
  }

  private void clear() {
    int cleared;
    do {
      cleared = db.write(tx -> tx.dao(Journal.class).clear(keep.toMillis(), BATCH));
    } while (cleared == BATCH && !Thread.currentThread().isInterrupted());
  }
}
