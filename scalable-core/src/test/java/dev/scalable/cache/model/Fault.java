package dev.scalable.cache.model;

/** What can go wrong in a setting, at any moment. That anybody may be slow, for as long as he likes, is no fault but always so. */
enum Fault {
  /** A lease runs out, or Redis evicts it. */
  LEASE_EXPIRES,
  /** A reader stops waiting for another's lease, and loads for itself. */
  WAIT_ENDS,
  /** A loader throws. */
  LOAD_FAILS,
  /** The value in Redis comes to the end of its time to live; it is kept a while longer for when the loader fails. */
  VALUE_EXPIRES,
  /** A writer is killed after it has committed and before it has told anybody. */
  WRITER_KILLED,
  /** Redis does not answer an invalidation, which it may have executed. */
  INVALIDATION_UNANSWERED,
  /** The oldest entry of the log goes: trimmed, evicted or deleted. */
  ENTRY_LOST,
  /** Redis forgets everything. */
  FLUSHED,
  /** The replica, which is as far behind as it likes, becomes the primary, and all links move to it. */
  FAILOVER,
  /** As FAILOVER, but the old primary lives on, and instance A's link for the log stays with it for as long as it likes. */
  SPLIT,
  /** As SPLIT, but all links of instance A stay. */
  SPLIT_WHOLE,
  /** The two servers' clocks differ: both can give the same id to two different entries. */
  IDS_REPEAT
}
