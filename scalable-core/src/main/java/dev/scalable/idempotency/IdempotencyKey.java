package dev.scalable.idempotency;

import dev.scalable.http.Problem;
import dev.scalable.http.Request;
import java.util.Optional;

/**
 * Reads the header {@code Idempotency-Key} of draft-ietf-httpapi-idempotency-key-header-07 section 2: a string of RFC
 * 8941 section 3.3.3, {@code "8e03978e-40d5"}. The same without the quotes is what most clients send, and is taken for
 * the same key.
 */
final class IdempotencyKey {

  static final String HEADER = "Idempotency-Key";

  private static final int LONGEST = 255;
  private static final char QUOTE = '"';
  private static final char BACKSLASH = '\\';
  /** Of what may stand in a key without quotes: it would be read as more than one value, or as half of a string. */
  private static final String ONLY_IN_QUOTES = " \"\\,;";

  private IdempotencyKey() {}

  /**
   * The key of a request; empty when it has none.
   *
   * @throws Problem 400 if it is not one
   */
  static Optional<String> of(Request request) {
    return request.header(HEADER).map(IdempotencyKey::parse);
  }

  private static String parse(String header) {
    String value = header.strip();
    String key = value.startsWith("\"") ? unquoted(value) : bare(value);
    if (key.isEmpty() || key.length() > LONGEST) {
      throw malformed(key.length() + " characters");
    }
    return key;
  }

  private static String bare(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!printable(c) || ONLY_IN_QUOTES.indexOf(c) >= 0) {
        throw malformed("another character at " + i);
      }
    }
    return value;
  }

  private static String unquoted(String value) {
    StringBuilder key = new StringBuilder(value.length());
    int end = value.length() - 1;
    for (int i = 1; i < end; i++) {
      char c = value.charAt(i);
      if (c == BACKSLASH) {
        i++;
        if (i == end || (value.charAt(i) != QUOTE && value.charAt(i) != BACKSLASH)) {
          throw malformed("a backslash at " + (i - 1) + " before neither a quote nor a backslash");
        }
        key.append(value.charAt(i));
      } else if (c == QUOTE || !printable(c)) {
        throw malformed("another character at " + i);
      } else {
        key.append(c);
      }
    }
    if (end < 1 || value.charAt(end) != QUOTE) {
      throw malformed("no quote at its end");
    }
    return key.toString();
  }

  private static boolean printable(char c) {
    return c >= ' ' && c <= '~';
  }

  private static Problem malformed(String what) {
    return Problem.badRequest("The header " + HEADER + " has 1 to " + LONGEST + " visible ASCII characters, in quotes or"
        + " without quotes, commas, semicolons and backslashes; this one has " + what);
  }

  /** What a request without a key is told where it needs one. */
  static Problem missing() {
    return Problem.badRequest("This needs the header " + HEADER + ": a text that no other request has, such as a random"
        + " UUID, and the same one whenever this request is repeated");
  }
}
