package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

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

  /**
   * Writes a key.
   *
   * @throws IllegalArgumentException for a text with half a surrogate pair, as one that was cut may have: UTF-8 has a
   *     question mark in its place, and so another key the same bytes
   */
  String write(K key) {
    String text = key.toString();
    if (key instanceof String && !UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException("A cache key of " + text.length() + " characters has half a surrogate pair,"
          + " and would be the same in Redis as one with a question mark there: refuse such a text where it comes in");
    }
    return text;
  }
}
