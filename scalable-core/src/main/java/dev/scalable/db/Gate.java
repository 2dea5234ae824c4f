package dev.scalable.db;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * As many places as there are connections, given in the order of arrival.
 *
 * <p>Without it thousands of virtual threads would meet at the pool's hand-off, which is built for few waiters and costs more
 * processor time than a small query.
 */
final class Gate {

  private final int size;
  private final Duration timeout;
  private final Semaphore places;

  Gate(int size, Duration timeout) {
    this.size = size;
    this.timeout = timeout;
    this.places = new Semaphore(size, true);
  }

  /**
   * Takes a place, waiting for it.
   *
   * @throws DbUnavailable if none was free in time, or this thread was interrupted; none is held then
   */
  void enter() {
    try {
      if (!places.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new DbUnavailable("None of the " + size + " database connections was free within " + timeout.toMillis() + " ms and "
            + waiting() + " callers still wait: transactions take too long, or SCALABLE_DB_POOL_SIZE is too small", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DbUnavailable("Interrupted while waiting for a database connection", e);
    }
  }

  void leave() {
    places.release();
  }

  int taken() {
    return size - places.availablePermits();
  }

  int waiting() {
    return places.getQueueLength();
  }
}
