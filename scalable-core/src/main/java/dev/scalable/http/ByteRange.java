package dev.scalable.http;

/**
 * A part of a content, as a client asks for it (RFC 9110 section 14.1.2).
 *
 * @param first index of the first byte
 * @param last index of the last byte, which belongs to it
 */
record ByteRange(int first, int last) {

  /** No range was asked for, or none that is understood, or several: the whole is sent. */
  static final ByteRange ALL = new ByteRange(0, -1);

  /** A range of which the content has not a byte. */
  static final ByteRange NOTHING = new ByteRange(-1, -1);

  /** Longer ones are no numbers of bytes. */
  private static final int MOST_DIGITS = 18;

  /**
   * The range that a header asks for.
   *
   * @param header value of the Range header
   * @param length how many bytes the content has
   */
  static ByteRange of(String header, int length) {
    if (!header.startsWith("bytes=")) {
      return ALL;
    }
    String range = header.substring("bytes=".length()).strip();
    int hyphen = range.indexOf('-');
    if (hyphen < 0) {
      return ALL;
    }
    String from = range.substring(0, hyphen);
    String to = range.substring(hyphen + 1);
    if (!number(from) || !number(to) || (from.isEmpty() && to.isEmpty())) {
      return ALL;
    }
    if (from.isEmpty()) {
      long count = Math.min(Long.parseLong(to), length);
      return count == 0 ? NOTHING : new ByteRange((int) (length - count), length - 1);
    }
    long first = Long.parseLong(from);
    long last = to.isEmpty() ? Long.MAX_VALUE : Long.parseLong(to);
    if (last < first) {
      return ALL;
    }
    return first >= length ? NOTHING : new ByteRange((int) first, (int) Math.min(last, length - 1L));
  }

  private static boolean number(String text) {
    return text.length() <= MOST_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** This part of a content, which is not copied: how much is sent is the client's choice, and costs it nothing. */
  Response.Body of(String contentType, byte[] content) {
    return new Response.Body.Part(contentType, content, first, last + 1);
  }
}
