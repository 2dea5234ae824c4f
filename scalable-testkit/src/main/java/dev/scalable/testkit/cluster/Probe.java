package dev.scalable.testkit.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks a node over HTTP how it is: one GET on a new connection. For load there is another client. */
final class Probe {
  private static final int LIMIT_MILLIS = (int) Duration.ofSeconds(12).toMillis(); // Nginx answers within 10 s itself

  private Probe() {}

  /** The status of an answer, and one header of it. */
  record Answer(int status, @Nullable String header) {
    boolean succeeded() {
      return status >= 200 && status < 300;
    }
  }

  /** Whether somebody takes connections where {@code uri} leads. */
  static boolean takesConnections(URI uri) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), LIMIT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The answer to {@code GET uri}; empty if there was none. */
  static Optional<Answer> get(URI uri, String header) {
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
