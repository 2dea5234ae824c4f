package dev.scalable.testkit.history;

/** The four ways a scheduled request can be counted; every request is counted in exactly one of them. */
public enum Fate {
  /** Answered as the check asked. */
  OK,
  /** Certainly not answered as asked; a write that failed had no unknown effect beyond what its answer says. */
  FAILED,
  /** Never sent: the load generator, not the system under test, is why. */
  DROPPED,
  /** A write whose effect is unknown: it was sent, and no answer tells whether it took place. */
  INDETERMINATE
}
