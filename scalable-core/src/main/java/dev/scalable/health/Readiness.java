package dev.scalable.health;

import dev.scalable.check.SharedState;

/**
 * Whether this instance wants traffic. It is the instance's own state: a database or Redis that is away does not make it unready,
 * since that would take every instance out of the balancer at once.
 *
 * <p>Safe for use by many threads.
 */
@SharedState("whether this very instance wants traffic")
public final class Readiness {

  /** The states, in the order in which an instance passes through them. */
  public enum State {
    /** Not yet ready. */
    STARTING,
    /** Wants traffic. */
    READY,
    /** Still answers what arrives, but wants no more. */
    DRAINING
  }

  private volatile State state = State.STARTING;

  /** The present state. */
  public State state() {
    return state;
  }

  /**
   * Enters a state.
   *
   * @param next the state, never one that was passed already
   * @throws IllegalStateException if the state lies behind the present one
   */
  public synchronized void enter(State next) {
    if (next.compareTo(state) < 0) {
      throw new IllegalStateException("An instance does not go back from " + state + " to " + next);
    }
    state = next;
  }
}
