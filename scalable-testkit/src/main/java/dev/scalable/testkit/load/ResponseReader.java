package dev.scalable.testkit.load;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the responses of one connection, one after the other, through one buffer (RFC 9112). What is not HTTP/1.x, or
 * is larger than the limits, is a {@link ProtocolException}; an end within a response is an {@link EOFException}.
 */
final class ResponseReader {
  /** Where bytes come from; -1 is the end. */
  interface Source {
    int read(byte[] into, int from, int length) throws IOException;
  }

  static final int HEAD_LIMIT = 32 * 1024;
  static final int BODY_LIMIT = 64 * 1024 * 1024;

  private static final byte[] NO_BODY = {};
  private static final int SHORTEST_STATUS_LINE = "HTTP/1.1 200\n".length();

  private final Source source;
  private final byte[] buffer = new byte[HEAD_LIMIT];
  private int from;
  private int to;
  private boolean begun;
  private boolean persistent;
  private long firstByte;

  ResponseReader(Source source) {
    this.source = source;
  }

  /** Reads the final response to a request, skipping interim ones (RFC 9110 section 15.2). */
  Answer read(String method) throws IOException {
    begun = from < to;
    persistent = false;
    ResponseHead head = head();
    while (head.interim()) {
      if (head.status() == 101) {
        throw new ProtocolException("the server switched protocols without being asked");
      }
      begun = from < to;
      head = head();
    }
    byte[] body = body(head, method);
    persistent &= head.persistent() && from == to;
    return new Answer(head.status(), head.headers(), body);
  }

  /** Forgets what was read but not used: the next bytes come from a new connection. */
  void reset() {
    from = 0;
    to = 0;
  }

  /** Says that no byte of the next response has arrived. */
  void forgetFirstByte() {
    firstByte = 0;
  }

  /** Takes a byte that was read before its turn; nothing else may be buffered. */
  void begin(byte first) {
    firstByte = System.nanoTime();
    buffer[0] = first;
    from = 0;
    to = 1;
  }

  /** Whether a byte of the final response arrived. */
  boolean begun() {
    return begun;
  }

  /** When the first byte of any response arrived, by {@link System#nanoTime()}; 0 if none did. */
  long firstByte() {
    return firstByte;
  }

  /** Whether the connection may carry another request, after a response was read. */
  boolean persistent() {
    return persistent;
  }

  private ResponseHead head() throws IOException {
    int scanned = from;
    while (true) {
      int end = emptyLine(scanned);
      if (to - from >= 5 && !Ascii.equalsIgnoreCase(buffer, from, "HTTP/")) {
        throw new ProtocolException("the response does not begin with HTTP/");
      }
      if (end >= 0) {
        if (end - from < SHORTEST_STATUS_LINE) {
          throw new ProtocolException("the status line is cut short");
        }
        ResponseHead head = ResponseHead.parse(buffer, from, end);
        from = end;
        return head;
      }
      // The empty line may lie across two reads: look again from three bytes before the end.
      scanned = Math.max(from, to - 3) - from;
      fill();
      scanned += from;
    }
  }

  /** The index behind the first empty line from a place on, or -1. */
  private int emptyLine(int start) {
    for (int i = start; i + 1 < to; i++) {
      if (buffer[i] == '\n' && buffer[i + 1] == '\n') {
        return i + 2;
      }
      if (i + 2 < to && buffer[i] == '\n' && buffer[i + 1] == '\r' && buffer[i + 2] == '\n') {
        return i + 3;
      }
    }
    return -1;
  }

  private byte[] body(ResponseHead head, String method) throws IOException {
    persistent = true;
    if (method.equals("HEAD") || head.status() == 204 || head.status() == 304) {
      return NO_BODY;
    }
    if (head.chunked()) {
      return chunks();
    }
    if (head.contentLength() >= 0) {
      byte[] body = new byte[limited(head.contentLength())];
      take(body);
      return body;
    }
    persistent = false;
    return untilClosed();
  }

  private byte[] chunks() throws IOException {
    var body = new ByteArrayOutputStream();
    for (long size = chunkSize(line()); size > 0; size = chunkSize(line())) {
      limited(body.size() + size);
      byte[] chunk = new byte[(int) size];
      take(chunk);
      body.writeBytes(chunk);
      if (!line().isEmpty()) {
        throw new ProtocolException("a chunk is longer than its size says");
      }
    }
    while (!line().isEmpty()) {
      // A trailer field: nothing here asks for one.
    }
    return body.toByteArray();
  }

  private static long chunkSize(String line) throws ProtocolException {
    int end = 0;
    while (end < line.length() && Character.digit(line.charAt(end), 16) >= 0) {
      end++;
    }
    boolean extended = end < line.length() && line.charAt(end) != ';' && line.charAt(end) != ' ';
    if (end == 0 || end > 15 || extended) {
      throw new ProtocolException("not the size of a chunk: '" + line + "'");
    }
    return Long.parseLong(line, 0, end, 16);
  }

  private String line() throws IOException {
    int scanned = 0;
    while (true) {
      int feed = Ascii.indexOf(buffer, from + scanned, to, '\n');
      if (feed >= 0) {
        int end = feed > from && buffer[feed - 1] == '\r' ? feed - 1 : feed;
        String line = new String(buffer, from, end - from, StandardCharsets.ISO_8859_1);
        from = feed + 1;
        return line;
      }
      scanned = to - from;
      fill();
    }
  }

  private byte[] untilClosed() throws IOException {
    var body = new ByteArrayOutputStream();
    body.write(buffer, from, to - from);
    from = to;
    byte[] part = new byte[8192];
    for (int n = source.read(part, 0, part.length); n >= 0; n = source.read(part, 0, part.length)) {
      limited((long) body.size() + n);
      body.write(part, 0, n);
    }
    return body.toByteArray();
  }

  /** Fills the array, from the buffer first. */
  private void take(byte[] into) throws IOException {
    int buffered = Math.min(into.length, to - from);
    System.arraycopy(buffer, from, into, 0, buffered);
    from += buffered;
    for (int at = buffered; at < into.length; ) {
      int n = source.read(into, at, into.length - at);
      if (n < 0) {
        throw new EOFException("the connection ended " + (into.length - at) + " bytes before the end of the body");
      }
      at += n;
    }
  }

  /** Reads what is there, moving what is left to the front of the buffer. */
  private void fill() throws IOException {
    if (from > 0) {
      System.arraycopy(buffer, from, buffer, 0, to - from);
      to -= from;
      from = 0;
    }
    if (to == buffer.length) {
      throw new ProtocolException("a header section or line of more than " + HEAD_LIMIT + " bytes");
    }
    int n = source.read(buffer, to, buffer.length - to);
    if (n < 0) {
      throw new EOFException("the connection ended within a response");
    }
    begun = true;
    if (firstByte == 0) {
      firstByte = System.nanoTime();
    }
    to += n;
  }

  private static int limited(long length) throws ProtocolException {
    if (length > BODY_LIMIT) {
      throw new ProtocolException("a body of more than " + BODY_LIMIT + " bytes");
    }
    return (int) length;
  }
}
