package dev.scalable.cache;

import java.util.UUID;
import java.util.function.Function;

/**
 * How a key is written in Redis and in the invalidation log, and read back from there.
 *
 * @param parse reads what {@link #write} has written
 * @param <K> type of the key
 */
record KeyText<K>(Function<String, K> parse) {

  /** The notation of a key type; throws IllegalArgumentException for a type that has none. */
  @SuppressWarnings("unchecked") // each branch returns the notation of the very class it has compared with
  static <K> KeyText<K> of(Class<K> type) {
    Function<String, ?> parse;
    if (type == Long.class) {
      parse = Long::valueOf;
    } else if (type == Integer.class) {
      parse = Integer::valueOf;
    } else if (type == String.class) {
      parse = Function.identity();
    } else if (type == UUID.class) {
      parse = UUID::fromString;
    } else {
      throw new IllegalArgumentException("A cache key is a Long, Integer, String or UUID, not a " + type.getName());
    }
    return new KeyText<>((Function<String, K>) parse);
  }

  String write(K key) {
    return key.toString();
  }
}
