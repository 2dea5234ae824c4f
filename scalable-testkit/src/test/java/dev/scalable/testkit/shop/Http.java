package dev.scalable.testkit.shop;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client: reads requests of HTTP/1.1 and writes answers. Takes bodies with a Content-Length only,
 * which is all that Nginx sends.
 */
final class Http implements AutoCloseable {
  /** Above the 5 s for which Nginx keeps an idle connection: the client must be the one that closes. */
  private static final Duration IDLE = Duration.ofSeconds(75);
  private static final int LONGEST_LINE = 16_384;
  private static final int LARGEST_BODY = 1 << 20;

  private final Socket socket;
  private final InputStream in;
  private volatile long lastUsed = System.nanoTime();
  private volatile boolean busy;

  Http(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) IDLE.toMillis());
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** The next request; null if the client has closed the connection between two. */
  @Nullable Received receive() throws IOException {
    in.mark(1);
    if (in.read() < 0) {
      return null;
    }
    busy = true;
    in.reset();
    String[] requestLine = line().split(" ", 3);
    if (requestLine.length != 3) {
      throw new IOException("not a request line: " + String.join(" ", requestLine));
    }
    Map<String, String> headers = new HashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("not a header line: " + line);
      }
      headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    if (headers.containsKey("transfer-encoding") || length > LARGEST_BODY) {
      throw new IOException("a body that this server does not take: " + headers);
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("the connection ended within a body");
    }
    String path = requestLine[1].split("\\?", 2)[0];
    return new Received(requestLine[0], path, headers, new String(body, StandardCharsets.UTF_8));
  }

  /** Writes an answer in one piece. */
  void send(Reply reply, Map<String, String> headers, boolean last) throws IOException {
    StringBuilder head = new StringBuilder(256).append("HTTP/1.1 ").append(reply.status()).append(" -\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    byte[] body = reply.json().getBytes(StandardCharsets.UTF_8);
    if (reply.status() != 204) {
      head.append("Content-Type: application/json\r\nContent-Length: ").append(body.length).append("\r\n");
    }
    head.append(last ? "Connection: close\r\n\r\n" : "\r\n");
    ByteArrayOutputStream all = new ByteArrayOutputStream(head.length() + body.length);
    all.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    all.writeBytes(body);
    socket.getOutputStream().write(all.toByteArray());
    lastUsed = System.nanoTime();
    busy = false;
  }

  /** Whether it carries no request, and has not for so long. */
  boolean idleFor(Duration time) {
    return !busy && System.nanoTime() - lastUsed >= time.toNanos();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(80);
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection ended within a request");
      }
      if (line.length() == LONGEST_LINE) {
        throw new IOException("a line of more than " + LONGEST_LINE + " bytes");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
