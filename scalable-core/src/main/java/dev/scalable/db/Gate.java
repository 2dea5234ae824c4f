package dev.scalable.db;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * As many places as there are connections, given in the order of arrival.
 *
 * <p>Without it thousands of virtual threads would meet at the pool's hand-off, which is built for few waiters and
 * costs more processor time than a small query. It is our own and not the JDK's semaphore, since each timed wait of a
 * virtual thread wakes the JDK's timer thread and a second time when it ends early, as almost all do. Here one thread
 * watches the time of all that wait.
 */
final class Gate {

  private final int size;
  private final Duration timeout;
  private final ReentrantLock lock = new ReentrantLock();

  /** All three guarded by the lock. Who came first is the first whose time is over, since all are given the same. */
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private int free;
  private boolean watched;

  private enum Turn { WAITS, HAS_COME, WILL_NOT_COME }

  /** A thread that waits for a place. */
  private static final class Waiting {
    final Thread thread = Thread.currentThread();
    final long until;
    /** Changed under the lock. */
    volatile Turn turn = Turn.WAITS;

    Waiting(long until) {
      this.until = until;
    }

    /** Only after the lock was let go: who is woken should not have to wait for it. */
    void wake() {
      LockSupport.unpark(thread);
    }
  }

  Gate(int size, Duration timeout) {
    this.size = size;
    this.timeout = timeout;
    this.free = size;
  }

  /**
   * Takes a place, waiting for it.
   *
   * @throws DbUnavailable if none was free in time, or this thread was interrupted; none is held then
   */
  void enter() {
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted();
    }
    Waiting waiting;
    lock.lock();
    try {
      if (free > 0) {
        free--;
        return;
      }
      waiting = new Waiting(System.nanoTime() + timeout.toNanos());
      queue.addLast(waiting);
      if (!watched) {
        watched = true;
        Thread.ofVirtual().name("gate").start(this::watch);
      }
    } finally {
      lock.unlock();
    }
    await(waiting);
  }

  private void await(Waiting waiting) {
    while (waiting.turn == Turn.WAITS) {
      LockSupport.park(this);
      if (Thread.currentThread().isInterrupted() && gaveUp(waiting)) {
        throw interrupted();
      }
    }
    if (waiting.turn == Turn.WILL_NOT_COME) {
      throw new DbUnavailable("None of the " + size + " database connections was free within " + timeout.toMillis()
          + " ms and " + waiting() + " callers still wait: transactions take too long, or SCALABLE_DB_POOL_SIZE is too"
          + " small", null);
    }
  }

  private static DbUnavailable interrupted() {
    return new DbUnavailable("Interrupted while waiting for a database connection", new InterruptedException());
  }

  /** Leaves the queue; false if it was left already, perhaps with a place. */
  private boolean gaveUp(Waiting waiting) {
    lock.lock();
    try {
      return queue.remove(waiting);
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    Waiting next;
    lock.lock();
    try {
      next = queue.pollFirst();
      if (next == null) {
        free++;
        return;
      }
      next.turn = Turn.HAS_COME;
    } finally {
      lock.unlock();
    }
    next.wake();
  }

  /** Ends the waits whose time is over, until nobody waits. */
  private void watch() {
    while (true) {
      List<Waiting> late = new ArrayList<>(0);
      long left;
      lock.lock();
      try {
        long now = System.nanoTime();
        while (!queue.isEmpty() && queue.getFirst().until - now <= 0) {
          Waiting first = queue.removeFirst();
          first.turn = Turn.WILL_NOT_COME;
          late.add(first);
        }
        watched = !queue.isEmpty();
        left = watched ? queue.getFirst().until - now : 0;
      } finally {
        lock.unlock();
      }
      late.forEach(Waiting::wake);
      if (left == 0) {
        return;
      }
      LockSupport.parkNanos(this, left);
    }
  }

  int taken() {
    lock.lock();
    try {
      return size - free;
    } finally {
      lock.unlock();
    }
  }

  int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }
}
