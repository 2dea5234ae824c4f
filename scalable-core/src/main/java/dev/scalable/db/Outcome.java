package dev.scalable.db;

/** How a transaction ended, as far as anyone can know. */
public enum Outcome {
  /** The database said that it committed. */
  COMMITTED,
  /** It certainly had no effect. */
  ROLLED_BACK,
  /** The connection was lost between the commit and its acknowledgement: it may have taken effect. */
  UNKNOWN
}
