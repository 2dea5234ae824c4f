package dev.scalable.db;

import dev.scalable.check.SharedState;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Transactions on pooled connections, tried again where that is safe and likely to help.
 *
 * <p>Jdbi has such a loop (SerializableTransactionRunner), but it repeats at once and on the same connection, and knows 40001 alone.
 */
@Singleton
@SharedState("the threads of this instance that are in a transaction")
final class PooledDb implements Db {

  private final Pool pool;
  private final Replicas replicas;
  private final Nesting nesting = new Nesting();

  /** Without replicas. */
  PooledDb(Pool pool) {
    this(pool, Replicas.none());
  }

  @Inject
  PooledDb(Pool pool, Replicas replicas) {
    this.pool = pool;
    this.replicas = replicas;
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T read(Work<T, X> work) throws X {
    nesting.refuse();
    Pool others = replicas.usable();
    if (others == null) {
      return transaction(work, true, Isolation.READ_COMMITTED, List.of());
    }
    try {
      T result = new Attempt(others, nesting, true, Isolation.READ_COMMITTED).run(work);
      replicas.served();
      return result;
    } catch (Throwable failure) {
      if (!replicas.leaveToPrimary(failure)) {
        throw failure;
      }
      return transaction(work, true, Isolation.READ_COMMITTED, List.of(failure));
    }
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T readPrimary(Work<T, X> work) throws X {
    return transaction(work, true, Isolation.READ_COMMITTED, List.of());
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T write(Isolation isolation, Work<T, X> work) throws X {
    return transaction(work, false, isolation, List.of());
  }

  @Override
  public boolean inTransaction() {
    return nesting.inside();
  }

  @Override
  public Stats stats() {
    return replicas.addTo(pool.stats());
  }

  /** On the primary, after {@code before} has failed elsewhere. */
  private <T extends @Nullable Object, X extends Exception> T transaction(Work<T, X> work, boolean readOnly,
      Isolation isolation, List<Throwable> before) throws X {
    nesting.refuse();
    Retries retries = pool.retries();
    long began = System.nanoTime();
    List<Throwable> earlier = before;
    boolean relinked = false;
    for (int number = 1;; number++) {
      Attempt attempt = new Attempt(pool, nesting, readOnly, isolation);
      try {
        return attempt.run(work);
      } catch (Throwable failure) {
        String reason = attempt.retryReason();
        boolean link = Tally.LINK.equals(reason);
        Duration pause = link ? Duration.ZERO : retries.pause(number, ThreadLocalRandom.current());
        if (reason == null || (link && relinked) || !retries.allow(number, System.nanoTime() - began, pause) || !rested(pause)) {
          suppress(earlier, failure);
          throw failure;
        }
        relinked |= link;
        earlier = new ArrayList<>(earlier);
        earlier.add(failure);
        pool.tally().retried(reason);
      }
    }
  }

  /** Waits, holding nothing; false if this thread was interrupted, as it is at its request's deadline. */
  private static boolean rested(Duration pause) {
    try {
      // Throws on an interrupt that came before, too.
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void suppress(List<Throwable> earlier, Throwable last) {
    for (Throwable failure : earlier) {
      // Work may throw one and the same exception each time.
      if (!failure.equals(last)) {
        last.addSuppressed(failure);
      }
    }
  }
}
