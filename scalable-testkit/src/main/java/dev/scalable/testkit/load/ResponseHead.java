package dev.scalable.testkit.load;

import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Status line and headers of one response, and what they say of the body that follows (RFC 9112 section 6.3).
 *
 * @param status the status code
 * @param headers the header lines
 * @param chunked whether the body comes in chunks
 * @param contentLength the length of the body, or -1 if none is given
 * @param persistent whether the connection may carry another request after this response
 */
record ResponseHead(int status, HeaderBlock headers, boolean chunked, long contentLength, boolean persistent) {

  boolean interim() {
    return status < 200;
  }

  /** Parses the bytes from the {@code H} of the status line to behind the empty line. */
  static ResponseHead parse(byte[] bytes, int from, int to) throws ProtocolException {
    int status = status(bytes, from);
    boolean persistent = bytes[from + 7] != '0';
    boolean chunked = false;
    boolean coded = false;
    long contentLength = -1;
    int first = next(bytes, from, to);
    int line = first;
    while (bytes[line] != '\r' && bytes[line] != '\n') {
      int end = next(bytes, line, to);
      int colon = Ascii.indexOf(bytes, line, end, ':');
      if (colon <= line || bytes[line] == ' ' || bytes[line] == '\t') {
        throw new ProtocolException("a header line without a name");
      }
      if (named(bytes, line, colon, "content-length")) {
        long length = number(bytes, colon + 1, end);
        if (contentLength >= 0 && contentLength != length) {
          throw new ProtocolException("two Content-Length headers that differ");
        }
        contentLength = length;
      } else if (named(bytes, line, colon, "transfer-encoding")) {
        coded = true;
        chunked = Ascii.hasToken(bytes, colon + 1, end, "chunked");
      } else if (named(bytes, line, colon, "connection")) {
        persistent = persistent
            ? !Ascii.hasToken(bytes, colon + 1, end, "close")
            : Ascii.hasToken(bytes, colon + 1, end, "keep-alive");
      }
      line = end;
    }
    HeaderBlock headers = new HeaderBlock(Arrays.copyOfRange(bytes, first, line));
    // A coding overrides a length, and a sender of both is not trusted with another request (RFC 9112 section 6.3).
    return new ResponseHead(
        status, headers, chunked, coded ? -1 : contentLength, persistent && !(coded && contentLength >= 0));
  }

  private static int status(byte[] bytes, int at) throws ProtocolException {
    if (!Ascii.equalsIgnoreCase(bytes, at, "HTTP/1.") || bytes[at + 8] != ' ') {
      throw new ProtocolException("the status line is not HTTP/1.x");
    }
    int status = 0;
    for (int i = at + 9; i < at + 12; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        throw new ProtocolException("the status code is not a number of three digits");
      }
      status = status * 10 + bytes[i] - '0';
    }
    if (status < 100 || bytes[at + 12] > ' ') {
      throw new ProtocolException("the status code is not a number of three digits");
    }
    return status;
  }

  private static int next(byte[] bytes, int from, int to) throws ProtocolException {
    int feed = Ascii.indexOf(bytes, from, to, '\n');
    if (feed < 0) {
      throw new ProtocolException("a header section without its end");
    }
    return feed + 1;
  }

  private static boolean named(byte[] bytes, int line, int colon, String name) {
    return colon - line == name.length() && Ascii.equalsIgnoreCase(bytes, line, name);
  }

  private static long number(byte[] bytes, int from, int to) throws ProtocolException {
    String text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1).strip();
    if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new ProtocolException("Content-Length is not a number: '" + text + "'");
    }
    return Long.parseLong(text);
  }
}
