package dev.scalable.testkit.backend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks a node how it is, by one GET or PING on a new connection. For load there is another client. */
public final class Probe {
  private static final int LIMIT_MILLIS = (int) Duration.ofSeconds(12).toMillis(); // Nginx answers within 10 s itself
  private static final int PONG_MILLIS = 1_000;

  private Probe() {}

  /** The status of an answer, and one header of it. */
  public record Answer(int status, @Nullable String header) {
    /** Whether the status is one of success, 2xx. */
    public boolean succeeded() {
      return status >= 200 && status < 300;
    }
  }

  /** Whether somebody takes connections where {@code uri} leads. */
  public static boolean takesConnections(URI uri) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), LIMIT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Whether a Redis answers PING by PONG within a second; while it still loads its data, it answers with an error.
   * False if it cannot be reached.
   */
  public static boolean pongs(InetSocketAddress redis) {
    try (Socket socket = new Socket()) {
      socket.connect(redis, PONG_MILLIS);
      socket.setSoTimeout(PONG_MILLIS);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII).equals("+PONG");
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether {@code GET uri} is answered with a status of success. */
  public static boolean succeeds(URI uri) {
    return get(uri, "Server").filter(Answer::succeeded).isPresent();
  }

  /** The answer to {@code GET uri}; empty if there was none. */
  public static Optional<Answer> get(URI uri, String header) {
    try {
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setConnectTimeout(LIMIT_MILLIS);
      connection.setReadTimeout(LIMIT_MILLIS);
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setRequestProperty("Connection", "close");
      try {
        return Optional.of(new Answer(connection.getResponseCode(), connection.getHeaderField(header)));
      } finally {
        connection.disconnect();
      }
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(uri + " is no HTTP address", e);
    } catch (IOException e) {
      return Optional.empty(); // refused, reset, or silent for too long: an answer in itself
    }
  }
}
