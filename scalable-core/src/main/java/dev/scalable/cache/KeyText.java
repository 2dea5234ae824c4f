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

  /**
   * Writes a key.
   *
   * @throws IllegalArgumentException for a text with half a surrogate pair, as one that was cut may have: UTF-8 has a
   *     question mark in its place, and so another key the same bytes
   */
  String write(K key) {
    String text = key.toString();
    if (key instanceof String && !isWellFormed(text)) {
      throw new IllegalArgumentException(
          "A cache key has half a surrogate pair and could not be told from others in Redis");
    }
    return text;
  }

  private static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)
          && (Character.isLowSurrogate(c) || ++i == text.length() || !Character.isLowSurrogate(text.charAt(i)))) {
        return false;
      }
    }
    return true;
  }
}
