package dev.scalable.testkit.local;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** One client connection that sends exactly the bytes it is given, sane or not, and never tries again. */
final class Wire implements AutoCloseable {

  /** An answer; header names in lower case, values of a repeated header joined by ", ". */
  record Answer(int status, Map<String, String> headers, String body) {

    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private final Socket socket;
  private final InputStream in;

  Wire(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Sends a request made of a first line such as {@code GET /a} and header lines; Host and HTTP/1.1 are added. */
  Answer ask(String methodAndTarget, String... headers) throws IOException {
    return askWithBody("", methodAndTarget, headers);
  }

  Answer askWithBody(String body, String methodAndTarget, String... headers) throws IOException {
    StringBuilder request = new StringBuilder(methodAndTarget).append(" HTTP/1.1\r\nHost: shop.example\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    if (!body.isEmpty()) {
      request.append("Content-Length: ").append(body.length()).append("\r\n");
    }
    send(request.append("\r\n").append(body).toString());
    return answer();
  }

  /** Sends text as ISO 8859-1: one byte per character. */
  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  Answer answer() throws IOException {
    Answer head = head();
    return new Answer(head.status(), head.headers(), body(head));
  }

  /** Status and headers only: the body is read by {@link #line}. */
  Answer head() throws IOException {
    String status = line();
    Map<String, String> headers = new HashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      String[] field = line.split(":", 2);
      headers.merge(field[0].toLowerCase(Locale.ROOT), field[1].strip(), (a, b) -> a + ", " + b);
    }
    return new Answer(Integer.parseInt(status.split(" ", 3)[1]), headers, "");
  }

  /** The next line, without its end. */
  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("closed after: " + line);
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.UTF_8).strip();
  }

  /** All that comes until the other side closes. */
  String untilClosed() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private String body(Answer head) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (head.header("transfer-encoding").equals("chunked")) {
      for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
        body.write(in.readNBytes(size));
        line();
      }
      line();
    } else {
      body.write(in.readNBytes(Integer.parseInt(head.headers().getOrDefault("content-length", "0"))));
    }
    return body.toString(StandardCharsets.UTF_8);
  }
}
