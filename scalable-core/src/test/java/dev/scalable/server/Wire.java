package dev.scalable.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A connection on which a test writes whatever it likes. */
public final class Wire implements AutoCloseable {

  private static final int PATIENCE_MS = 15_000;

  private final Socket socket;
  private final InputStream in;

  Wire(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** An answer as it came. */
  public record Answer(int status, List<String> headers, String body) {

    public Optional<String> header(String name) {
      return all(name).stream().findFirst();
    }

    public List<String> all(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      return headers.stream().filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(line -> line.substring(prefix.length()).strip()).toList();
    }

    public boolean closes() {
      return header("Connection").filter("close"::equalsIgnoreCase).isPresent();
    }
  }

  /** A GET request for a target. */
  public static String get(String target, String... headers) {
    return head("GET " + target, headers);
  }

  /** A request without a body. */
  public static String head(String methodAndTarget, String... headers) {
    StringBuilder text = new StringBuilder(methodAndTarget).append(" HTTP/1.1\r\nHost: test\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return text.append("\r\n").toString();
  }

  /** A request with a JSON body. */
  public static String json(String methodAndTarget, String body) {
    return head(methodAndTarget, "Content-Type: application/json",
        "Content-Length: " + body.getBytes(ISO_8859_1).length) + body;
  }

  /** Ends this side of the connection; the other one may still answer. */
  void endSending() throws IOException {
    socket.shutdownOutput();
  }

  public Wire send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /** Reads the answer to a request that was not HEAD. */
  public Answer answer() throws IOException {
    return answer(true);
  }

  /** Reads the head of an answer; the body is read by the test. */
  Answer answerHead() throws IOException {
    return answer(false);
  }

  /** Reads an answer; one to HEAD has a length and no body. */
  public Answer answer(boolean withBody) throws IOException {
    String status = line();
    List<String> headers = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      headers.add(line);
    }
    Answer head = new Answer(Integer.parseInt(status.substring(9, 12)), headers, "");
    if (withBody && head.header("Transfer-Encoding").isPresent()) {
      return new Answer(head.status(), headers, chunks());
    }
    int length = withBody ? head.header("Content-Length").map(Integer::parseInt).orElse(0) : 0;
    return new Answer(head.status(), headers, new String(in.readNBytes(length), ISO_8859_1));
  }

  /** Whether any of an answer comes in time. */
  boolean answersWithin(Duration time) throws IOException {
    socket.setSoTimeout(Math.toIntExact(time.toMillis()));
    in.mark(1);
    try {
      in.read();
      in.reset();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } finally {
      socket.setSoTimeout(PATIENCE_MS);
    }
  }

  private String chunks() throws IOException {
    StringBuilder body = new StringBuilder();
    for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
      body.append(chunk);
    }
    return body.toString();
  }

  /** Reads one chunk; the last one is empty. */
  String chunk() throws IOException {
    int size = Integer.parseInt(line(), 16);
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new IOException("the server closed the connection inside a chunk");
    }
    line();
    return new String(bytes, ISO_8859_1);
  }

  /** Reads bytes, as many as come in one piece. */
  int some(byte[] bytes) throws IOException {
    return in.read(bytes);
  }

  public Answer ask(String request) throws IOException {
    return send(request).answer();
  }

  /** Waits for the end of the stream, and returns what came before it. */
  public String rest() throws IOException {
    try {
      return new String(in.readAllBytes(), ISO_8859_1);
    } catch (java.net.SocketException e) {
      // A reset ends it as well.
      return "";
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the server closed the connection after \"" + line.toString(ISO_8859_1) + "\"");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
