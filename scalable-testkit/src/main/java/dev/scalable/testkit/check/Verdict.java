package dev.scalable.testkit.check;

/**
 * What an experiment says of a promise. There are three values and not two: what could not be judged honestly is not
 * kept and not broken, and never counts as a pass.
 */
public enum Verdict {
  /** The promise was kept. */
  PASS,
  /** The promise was broken, by the system under test. */
  FAIL,
  /** Nothing can be said: the load, the machine or the number of requests did not allow a judgement. */
  INCONCLUSIVE
}
