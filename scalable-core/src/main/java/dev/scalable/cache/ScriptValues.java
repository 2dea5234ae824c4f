package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What scripts get and answer, in our types and in those of Redis. */
final class ScriptValues {

  private ScriptValues() {}

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** A number as Lua reads it. */
  static byte[] bytes(long number) {
    return bytes(Long.toString(number));
  }

  /** The text of an answer, or of a field; empty where there is none. */
  static String text(@Nullable Object bytes) {
    return bytes instanceof byte[] text ? new String(text, UTF_8) : "";
  }

  /**
   * The parts of an answer.
   *
   * @throws IllegalStateException if it has none, which no script of ours answers
   */
  static List<?> list(@Nullable Object answer) {
    if (answer instanceof List<?> list && !list.isEmpty()) {
      return list;
    }
    throw new IllegalStateException("A script of the cache has returned " + answer);
  }
}
