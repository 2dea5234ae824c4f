package dev.scalable.cache;

/** Why an instance has emptied its heap and entered the log anew. */
enum Resync {
  /** An entry's predecessor is not the one applied last. */
  GAP,
  /** The log ends before its head, or there is none: it was trimmed, or evicted. */
  TRIMMED,
  /** The log goes past its head without it: this instance reads it from another server than it sends commands to. */
  SPLIT,
  /** Redis has forgotten the epoch or the head, or has begun another epoch. */
  EPOCH,
  /** The head is one that comes before what was applied, or another one in its place; or a generation is lost. */
  REGRESS,
  /** The server is another one, or was restarted. */
  FAILOVER,
  /** Something unforeseen. */
  ERROR
}
