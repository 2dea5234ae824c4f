package dev.scalable.server;

import dev.scalable.http.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HexFormat;

/**
 * The path and query as they came over the wire, checked and decoded here and nowhere else, once. The server hands them over
 * undecoded, since a decoded path has lost the difference between a slash that separates and one that is data.
 */
final class RawPath {

  /** More than any honest path and less than what makes a log or a regular expression suffer. */
  private static final int LONGEST = 8 * 1024;

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  /** Without the semicolon, which a path has only escaped. */
  private static final BitSet PLAIN = new BitSet(128);

  static {
    PLAIN.set('a', 'z' + 1);
    PLAIN.set('A', 'Z' + 1);
    PLAIN.set('0', '9' + 1);
    "-._~!$&'()*+,=:@".chars().forEach(PLAIN::set);
  }

  private RawPath() {}

  /**
   * The path of a request target: without scheme, authority and query, and in its one spelling (RFC 3986 section
   * 6.2.2). {@code /%61dmin} is {@code /admin}, so whoever compares it, as a filter may, need not know of the other.
   *
   * @throws Problem 414 if it is too long; 400 if a path could mean different things to us and to a proxy before us
   */
  static String of(String target) {
    String path = target;
    if (!path.startsWith("/")) {
      int authority = afterScheme(path);
      int slash = authority < 0 ? -1 : path.indexOf('/', authority);
      if (slash < 0) {
        throw Problem.badRequest("The request target is not a path");
      }
      if (path.substring(authority, slash).indexOf('@') >= 0) {
        // RFC 9110 section 4.2.4: two readers of user@host disagree which of them is the host.
        throw Problem.badRequest("The request target names a user");
      }
      path = path.substring(slash);
    }
    if (path.length() > LONGEST) {
      throw Problem.of(414, "URI Too Long", "The path has " + path.length() + " characters, more than " + LONGEST);
    }
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c <= ' ' || c >= 127 || c == '\\' || c == ';') {
        throw Problem.badRequest("The path has a character at " + i + " that must not stand there unencoded");
      }
      if (c == '/' && ambiguousAfter(path, i)) {
        throw Problem.badRequest("The path has an empty or a dot segment at " + i);
      }
    }
    return path.indexOf('%') < 0 ? path : inOneSpelling(path);
  }

  /**
   * Without escapes of what may stand in a segment unescaped (RFC 3986 section 3.3) and has no other meaning there, and
   * with capital digits in all others.
   */
  private static String inOneSpelling(String path) {
    StringBuilder text = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c != '%') {
        text.append(c);
        continue;
      }
      // A bad one is refused here and not left for later: what follows it could make it a good one.
      int escaped = escaped(path, i);
      if (PLAIN.get(escaped)) {
        text.append((char) escaped);
      } else {
        text.append('%').append(HEX.toHexDigits((byte) escaped));
      }
      i += 2;
    }
    return text.toString();
  }

  /** The byte whose escape stands at a percent sign. */
  private static int escaped(String raw, int percent) {
    int high = percent + 2 < raw.length() ? Character.digit(raw.charAt(percent + 1), 16) : -1;
    int low = high < 0 ? -1 : Character.digit(raw.charAt(percent + 2), 16);
    if (low < 0) {
      throw Problem.badRequest("A percent sign in the address is not followed by two hexadecimal digits");
    }
    return high << 4 | low;
  }

  /** Where the authority of an absolute target begins; -1 if this is none of HTTP. */
  private static int afterScheme(String target) {
    if (target.regionMatches(true, 0, "http://", 0, 7)) {
      return 7;
    }
    return target.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
  }

  /** Whether the segment after a slash is empty (but for a last one), {@code .} or {@code ..}, in any encoding. */
  private static boolean ambiguousAfter(String path, int slash) {
    int end = path.indexOf('/', slash + 1);
    if (end == slash + 1) {
      return true;
    }
    int from = slash + 1;
    int to = end < 0 ? path.length() : end;
    int dots = 0;
    while (from < to) {
      if (path.charAt(from) == '.') {
        from++;
      } else if (path.regionMatches(true, from, "%2e", 0, 3)) {
        from += 3;
      } else {
        return false;
      }
      dots++;
    }
    return dots == 1 || dots == 2;
  }

  /**
   * Decodes one path segment, or with {@code plusIsSpace} one name or value of a query.
   *
   * @throws Problem 400 for a bad escape, ill-formed UTF-8, or an encoded slash, backslash or control character in a path
   */
  static String decode(String raw, boolean plusIsSpace) {
    if (raw.indexOf('%') < 0) {
      return plusIsSpace ? raw.replace('+', ' ') : raw;
    }
    byte[] bytes = new byte[raw.length()];
    int length = 0;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        int decoded = escaped(raw, i);
        if (!plusIsSpace && (decoded == '/' || decoded == '\\' || decoded < ' ' || decoded == 127)) {
          throw Problem.badRequest("The path has an encoded slash, backslash or control character");
        }
        bytes[length++] = (byte) decoded;
        i += 2;
      } else if (c > 126) {
        throw Problem.badRequest("The address has a character that must not stand there unencoded");
      } else {
        bytes[length++] = (byte) (plusIsSpace && c == '+' ? ' ' : c);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(bytes, 0, length)).toString();
    } catch (CharacterCodingException e) {
      throw Problem.badRequest("The address is not well-formed UTF-8");
    }
  }
}
