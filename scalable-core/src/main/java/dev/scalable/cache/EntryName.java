package dev.scalable.cache;

/**
 * What an entry of the log is called: its id and a random mark. The id alone would not do, since two servers may have
 * given the same one to two entries, when a replica has become the primary.
 *
 * @param id its id in the stream
 * @param mark its mark; empty before the first entry
 */
record EntryName(StreamId id, String mark) {

  /** Reads {@code id/mark}, or an id without a mark; throws IllegalArgumentException for anything else. */
  static EntryName of(String text) {
    int slash = text.indexOf('/');
    return slash < 0 ? new EntryName(StreamId.of(text), "")
        : new EntryName(StreamId.of(text.substring(0, slash)), text.substring(slash + 1));
  }

  @Override
  public String toString() {
    return mark.isEmpty() ? id.toString() : id + "/" + mark;
  }
}
