package dev.scalable.server;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory all request bodies may hold together, or all answers that wait for their clients. Each is bounded by
 * a limit of its own, or by what a handler makes, but ten thousand connections that each send a little less than that,
 * or ask for it and do not read it, would still be more than the heap: a server must be able to say no to all of them.
 * Streams of events are answers, too.
 *
 * <p>Safe for use by many threads.
 */
final class BodyBudget {

  private final long most;
  private final AtomicLong held = new AtomicLong();

  /** A budget of so many bytes. */
  BodyBudget(long most) {
    this.most = most;
  }

  /** A quarter of the heap: a body is held as bytes, and once more as what it is decoded to. */
  static BodyBudget ofHeap() {
    return new BodyBudget(Runtime.getRuntime().maxMemory() / 4);
  }

  /** A budget of as many bytes, of which nothing is taken. */
  BodyBudget another() {
    return new BodyBudget(most);
  }

  /** Takes bytes from the budget; false, and nothing taken, if there are not so many. */
  boolean take(long bytes) {
    if (held.addAndGet(bytes) <= most) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  /** Gives bytes back that were taken. */
  void give(long bytes) {
    held.addAndGet(-bytes);
  }

  /** How many bytes are taken. */
  long held() {
    return held.get();
  }
}
