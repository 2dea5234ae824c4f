package dev.scalable.cache;

/**
 * The id of a stream entry: milliseconds and a sequence number, both counted upwards by Redis.
 *
 * @param millis the first part
 * @param sequence the second part
 */
record StreamId(long millis, long sequence) implements Comparable<StreamId> {

  /** Reads {@code millis-sequence}; throws IllegalArgumentException for anything else. */
  static StreamId of(String text) {
    int dash = text.indexOf('-');
    if (dash < 0) {
      throw new IllegalArgumentException("Not the id of a stream entry: " + text);
    }
    return new StreamId(Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
  }

  @Override
  public int compareTo(StreamId other) {
    int byMillis = Long.compare(millis, other.millis);
    return byMillis != 0 ? byMillis : Long.compare(sequence, other.sequence);
  }

  @Override
  public String toString() {
    return millis + "-" + sequence;
  }
}
