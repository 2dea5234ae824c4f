package dev.scalable.health;

import dev.scalable.check.SharedState;

/**
 * Where this instance stands in its life, and so whether it wants traffic. It is the instance's own state: a database
 * or Redis that is away does not make it unready, since that would take every instance out of the balancer at once.
 *
 * <p>The transitions stand in {@link State#leadsTo}, and nowhere else. The service makes them; anyone may read.
 *
 * <p>Safe for use by many threads.
 */
@SharedState("whether this very instance wants traffic")
public final class Readiness {

  /** The states, in the order in which an instance passes through them. */
  public enum State {
    /** Nothing was started. */
    NEW,
    /** Parts are being started. */
    STARTING,
    /** All parts have started: wants traffic. */
    READY,
    /** Still answers what arrives, but wants no more. */
    DRAINING,
    /** Every part was stopped, after a drain or because one could not start. */
    STOPPED;

    boolean leadsTo(State next) {
      return switch (this) {
        case NEW -> next == STARTING;
        case STARTING -> next == READY || next == STOPPED;
        case READY -> next == DRAINING;
        case DRAINING -> next == STOPPED;
        case STOPPED -> false;
      };
    }
  }

  private volatile State state = State.NEW;

  /** The present state. */
  public State state() {
    return state;
  }

  /**
   * Enters a state.
   *
   * @param next the state
   * @throws IllegalStateException if the present state does not lead to it; the state stays as it was
   */
  public synchronized void enter(State next) {
    if (!state.leadsTo(next)) {
      throw new IllegalStateException("An instance that is " + state + " cannot become " + next);
    }
    state = next;
  }
}
