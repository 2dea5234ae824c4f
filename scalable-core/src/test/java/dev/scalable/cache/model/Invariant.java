package dev.scalable.cache.model;

/** What must hold, whatever happens. */
enum Invariant {

  /** What Redis has is not older than an invalidation that it has taken: no fill comes after its fence. */
  NO_FILL_BEHIND_ITS_FENCE,

  /**
   * An instance does not go back: a read returns nothing older than the invalidations that its instance had applied, or issued and
   * returned from, when the read began.
   */
  NEVER_BEHIND_WHAT_WAS_APPLIED,

  /** Nothing is served from the cache for longer than the bound after Redis has taken the invalidation. */
  NEVER_BEYOND_THE_BOUND,

  /** When nothing is left to happen, nothing that is cached is old. */
  FRESH_AT_REST
}
