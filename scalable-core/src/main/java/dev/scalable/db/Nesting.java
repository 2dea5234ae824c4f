package dev.scalable.db;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The threads that are in a transaction: what they call may not begin another. */
final class Nesting {

  private final Set<Thread> inside = ConcurrentHashMap.newKeySet();

  /** Whether this thread is in a transaction. */
  boolean inside() {
    return inside.contains(Thread.currentThread());
  }

  /** Refuses a thread that is in a transaction. */
  void refuse() {
    if (inside()) {
      throw new IllegalStateException("This thread is in a transaction, and Db was called again: the inner call would need a second"
          + " connection while the first is held, and would commit on its own. Pass the Tx of the outer call on to whatever takes part"
          + " in it, or do this before it, after it or in Tx.afterCommit");
    }
  }

  void enter() {
    inside.add(Thread.currentThread());
  }

  void leave() {
    inside.remove(Thread.currentThread());
  }
}
