package dev.scalable.testkit.load;

/** Searches and comparisons on bytes that are ASCII text; nothing here allocates. */
final class Ascii {
  private Ascii() {}

  /** The first index in {@code [from, to)} that holds the character, or -1. */
  static int indexOf(byte[] bytes, int from, int to, char wanted) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  /** The index behind the line feed that ends the line, or the length if none does. */
  static int lineEnd(byte[] bytes, int from) {
    int feed = indexOf(bytes, from, bytes.length, '\n');
    return feed < 0 ? bytes.length : feed + 1;
  }

  /** Whether the text stands at that place, which must have room for it. */
  static boolean equalsIgnoreCase(byte[] bytes, int at, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (lower(bytes[at + i]) != lower((byte) text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether a comma-separated list, such as the value of Connection, has the token in it. */
  static boolean hasToken(byte[] bytes, int from, int to, String token) {
    for (int at = from; at + token.length() <= to; at++) {
      int after = at + token.length();
      if (equalsIgnoreCase(bytes, at, token)
          && (at == from || separates(bytes[at - 1]))
          && (after == to || separates(bytes[after]))) {
        return true;
      }
    }
    return false;
  }

  private static boolean separates(byte b) {
    return b == ',' || b == ';' || (b >= 0 && b <= ' ');
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 32 : b;
  }
}
