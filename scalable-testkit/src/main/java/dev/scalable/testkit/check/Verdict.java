package dev.scalable.testkit.check;

/** What an experiment says about a promise. */
public enum Verdict {
  /** It was kept, as far as the experiment went. */
  PASS,
  /** It was broken; there is something to show for it. */
  FAIL,
  /** Nothing can be said: the machine, the load generator or the time did not allow it. Never a pass. */
  INCONCLUSIVE
}
