package dev.scalable.cache.model;

/** A rule of the protocol. Each can be left out of a model, which must then break. */
enum Rule {
  /** Redis takes a value only from a reader that holds the key's lease. */
  LEASE,
  /** The token of a lease is of one load, and not of an instance. */
  TOKEN_PER_LOAD,
  /** A reader takes the key's place in the heap before it reads anything, and puts a value only where it still has the place. */
  PLACE_FIRST,
  /** A value that Redis has not taken is not kept in the heap either. Not needed: the log takes it away a little later. */
  FENCED_NOT_KEPT,
  /** Invalidated is after the commit, not before. */
  COMMIT_FIRST,
  /** An invalidation removes from Redis first, then from the heap. */
  FAR_THEN_NEAR,
  /** An instance applies its own entries of the log too. Not needed as long as FAR_THEN_NEAR is kept. */
  OWN_ENTRIES,
  /** A row in the writer's transaction says what is to be invalidated, and a relay sees to it. */
  OUTBOX,
  /** A key whose invalidation Redis has not acknowledged is read past Redis by the instance that invalidated it. */
  PENDING_BYPASSES,
  /** It is asked whether a key is pending when its place is taken, not before. */
  PLACE_THEN_PENDING,
  /** A key is made pending first, then removed from the heap. */
  PENDING_THEN_NEAR,

  /** A load that began before a CLEAR is not stored. */
  GENERATION_AT_FILL,
  /** A CLEAR also takes the places of loads in flight. */
  CLEAR_TAKES_PLACES,
  /** Applying a CLEAR makes its generation the known one. */
  CLEAR_TELLS_GENERATION,
  /** The known generation moves in the order of the log and never back, whatever late reply brings an earlier one. */
  GENERATION_ONLY_FORWARD,
  /** While the heap is not proven, the generation is asked for with the value. */
  GENERATION_ASKED_WHILE_UNPROVEN,

  /** An entry is applied only if its predecessor is the one applied last. */
  CHAIN,
  /** The heap is served only while it is proven. */
  PROOF,
  /** The proof counts from when a check was sent. */
  PROOF_FROM_SEND,
  /** A read looks at the proof first, then into the heap. */
  PROOF_THEN_LOOK,
  /** A check goes over the link that serves commands. */
  CHECK_OVER_DATA_LINK,
  /** What proves is that the very entry a check has seen was applied, not one with a later id. */
  VERY_HEAD,
  /** Entries are told apart even when two servers have given them one id. */
  ENTRIES_UNIQUE,
  /** While the heap is not proven, no place is taken in it. */
  NO_PLACE_WHILE_UNPROVEN,

  /** A change of the server is seen as such, whatever is in its log. */
  FAILOVER_SEEN,
  /** When the server has changed, invalidations that were taken are sent again. */
  REPLAY,
  /** A row is done with in the epoch in which Redis has taken it, instead of until somebody un-marks it. */
  ROW_OF_ONE_EPOCH,

  /** A refresh replaces only the value that it was begun for. */
  REFRESH_REPLACES_ITS_OWN,
  /** An invalidation deletes the value, instead of keeping it as one that has expired. */
  INVALIDATED_IS_GONE,

  /** A liberty: callers get a loaded value before Redis has taken it. */
  ANSWER_THEN_STORE
}
