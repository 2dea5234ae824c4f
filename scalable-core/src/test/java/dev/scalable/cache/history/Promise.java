package dev.scalable.cache.history;

/** What is promised of a read. */
public enum Promise {
  /** It is not older than what Redis had taken the invalidation of, by the validity bound before the read began. */
  BOUNDED("no value that was invalidated longer ago than the bound"),
  /** It is not older than what its own instance had invalidated before the read began. */
  OWN_WRITES("an instance sees its own writes"),
  /**
   * It is not older than what an earlier read of its instance saw, while its heap was proven and after Redis had taken
   * the invalidation of it.
   */
  NEVER_BACK("an instance does not go back behind what it has seen"),
  /** It is of a version that somebody had begun to write. */
  WRITTEN("no value that nobody wrote");

  private final String sentence;

  Promise(String sentence) {
    this.sentence = sentence;
  }

  @Override
  public String toString() {
    return sentence;
  }
}
