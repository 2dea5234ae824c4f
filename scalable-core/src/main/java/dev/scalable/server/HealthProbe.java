package dev.scalable.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A program of its own that asks the instance on this host whether it is ready, for whoever can only run a command, as a
 * container's health check does: {@code java -cp app.jar dev.scalable.server.HealthProbe [port]}. Ends with 0 if it is and
 * with 1 if it is not. The port is that of the health port, told by the same environment as the instance's unless given.
 *
 * <p>A JVM is started each time, so it loads as little as can be: no log, no settings file, no HTTP client.
 */
final class HealthProbe {

  private static final int MOST_MILLIS = 2_000;

  private HealthProbe() {}

  /** Asks once; not public, but as the JVM wants it. */
  @SuppressWarnings("SystemOut") // a command line speaks to the console
  public static void main(String[] arguments) {
    String answer;
    try {
      int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : port(System.getenv());
      answer = ask(port);
    } catch (IOException | IllegalArgumentException e) {
      answer = e.toString();
    }
    System.out.println(answer);
    System.exit(answer.startsWith("HTTP/1.1 200 ") ? 0 : 1);
  }

  /** Where the instance with this environment tells of its health. */
  static int port(Map<String, String> environment) {
    int http = number(environment.get("SCALABLE_HTTP_PORT"), 8080);
    return number(environment.get("SCALABLE_HEALTH_PORT"), ServerSettings.healthPort(http));
  }

  private static int number(@Nullable String text, int otherwise) {
    return text == null || text.isBlank() ? otherwise : Integer.parseInt(text.strip());
  }

  /** The first line of the answer. */
  private static String ask(int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(MOST_MILLIS);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), MOST_MILLIS);
      socket.getOutputStream().write("GET /health/ready HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(64);
      String text = new String(answer, US_ASCII);
      int end = text.indexOf('\r');
      return end < 0 ? text : text.substring(0, end);
    }
  }
}
