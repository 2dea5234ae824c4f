package dev.scalable.testkit.shop;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection to Redis, speaking RESP2. For one thread at a time; of no use after an exception. */
final class Resp implements AutoCloseable {
  private final Socket socket = new Socket();
  private final InputStream in;

  /** Waits so many milliseconds at most for each answer; 0 is for ever. */
  Resp(URI redis, int timeoutMillis) throws IOException {
    socket.connect(new InetSocketAddress(redis.getHost(), redis.getPort()), 1_000);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(timeoutMillis);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** The answer to a command: a String, a Long, a List of answers, or null. */
  @Nullable Object ask(String... words) throws IOException {
    ByteArrayOutputStream command = new ByteArrayOutputStream();
    command.writeBytes(ascii("*" + words.length + "\r\n"));
    for (String word : words) {
      byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
      command.writeBytes(ascii("$" + bytes.length + "\r\n"));
      command.writeBytes(bytes);
      command.writeBytes(ascii("\r\n"));
    }
    socket.getOutputStream().write(command.toByteArray());
    return next();
  }

  /** The next answer, or message of a channel. */
  @Nullable Object next() throws IOException {
    String line = line();
    return switch (line.charAt(0)) {
      case '+' -> line.substring(1);
      case ':' -> Long.valueOf(line.substring(1));
      case '$' -> text(Integer.parseInt(line.substring(1)));
      case '*' -> {
        List<@Nullable Object> all = new ArrayList<>();
        for (int left = Integer.parseInt(line.substring(1)); left > 0; left--) {
          all.add(next());
        }
        yield all;
      }
      default -> throw new IOException("Redis says " + line);
    };
  }

  private @Nullable String text(int length) throws IOException {
    if (length < 0) {
      return null;
    }
    byte[] bytes = in.readNBytes(length);
    line();
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("Redis closed the connection");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
