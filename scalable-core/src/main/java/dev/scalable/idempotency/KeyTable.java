package dev.scalable.idempotency;

import dev.scalable.check.SharedState;
import dev.scalable.db.Db;
import dev.scalable.lifecycle.Part;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of keys in the life of an instance: the instance is not ready before the table is there, and what has expired
 * is deleted while it runs. Does nothing in an app without a route that needs it.
 */
@Singleton
@SharedState("whether this app needs the table, and the thread of this instance that deletes expired keys")
final class KeyTable implements Part {

  private static final Logger log = LoggerFactory.getLogger(KeyTable.class);

  private static final Duration PAUSE = Duration.ofMinutes(1);
  /** So few that their locks are held for milliseconds. */
  private static final int BATCH = 1_000;

  private final Db db;
  private volatile boolean needed;
  private volatile @Nullable Thread thread;

  @Inject
  KeyTable(Db db) {
    this.db = db;
  }

  @Override
  public String name() {
    return "the table of idempotency keys";
  }

  /** Says that a route needs the table. */
  void need() {
    needed = true;
  }

  @Override
  public void start() {
    if (needed) {
      thread = Thread.ofPlatform().daemon().name("expiry of idempotency keys").start(this::run);
    }
  }

  /**
   * Returns if the table is there as it is used here, or no route needs it.
   *
   * @throws IllegalStateException with a sentence for the operator if it is not
   */
  void check() {
    if (!needed) {
      return;
    }
    try {
      // The primary, since a replica may be behind the migration.
      db.readPrimary(tx -> tx.dao(Keys.class).check());
    } catch (JdbiException e) {
      throw new IllegalStateException("Routes of this app need the table scalable.idempotency_key, and the database does not"
          + " have it as this version of scalable-core uses it: run the migrations in dev/scalable/migration of scalable-core", e);
    }
  }

  @Override
  public void stop() throws InterruptedException {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
      running.join();
    }
  }

  private void run() {
    try {
      while (true) {
        // Instances that were started together delete at different times.
        Thread.sleep(PAUSE.toMillis() / 2 + ThreadLocalRandom.current().nextLong(PAUSE.toMillis()));
        try {
          deleteExpired(BATCH);
        } catch (RuntimeException e) {
          log.warn("Expired idempotency keys could not be deleted, which is tried again in about {} s: {}", PAUSE.toSeconds(),
              e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      log.debug("No more idempotency keys are deleted: this instance stops");
    }
  }

  /** Deletes all that has expired, in transactions of so many rows at most; returns how many there were. */
  long deleteExpired(int batch) {
    long deleted = 0;
    while (true) {
      int more = db.write(tx -> tx.dao(Keys.class).deleteExpired(batch));
      deleted += more;
      if (more < batch || Thread.currentThread().isInterrupted()) {
        return deleted;
      }
    }
  }
}
