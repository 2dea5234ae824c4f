package dev.scalable.testkit.docker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks the engine for a sign of life before Testcontainers is asked for one: that takes more than a minute to say that
 * there is none.
 */
final class EngineSocket {
  private static final Duration LIMIT = Duration.ofMillis(500);
  private static final int DOCKER_PORT = 2375;

  private EngineSocket() {}

  /** Why no engine can be spoken to, as the variables of {@code environment} say where it is; empty if one answers. */
  static Optional<String> obstacle(Map<String, String> environment) {
    String host = environment.getOrDefault("DOCKER_HOST", "");
    if (host.isBlank()) {
      return obstacleAtUsualPlaces(environment);
    }
    URI uri;
    try {
      uri = URI.create(host.strip());
    } catch (IllegalArgumentException e) {
      return Optional.of("DOCKER_HOST is \"" + host + "\", which is no address: " + e.getMessage());
    }
    SocketAddress address = "unix".equals(uri.getScheme())
        ? UnixDomainSocketAddress.of(uri.getPath())
        : new InetSocketAddress(String.valueOf(uri.getHost()), uri.getPort() == -1 ? DOCKER_PORT : uri.getPort());
    return silence(address).map(why -> "no container engine answers at DOCKER_HOST=" + host + ": " + why);
  }

  private static Optional<String> obstacleAtUsualPlaces(Map<String, String> environment) {
    List<String> silent = new ArrayList<>();
    for (Path socket : usualPlaces(environment)) {
      Optional<String> why = Files.exists(socket) ? silence(UnixDomainSocketAddress.of(socket)) : Optional.of("no such file");
      if (why.isEmpty()) {
        return Optional.empty();
      }
      silent.add(socket + ": " + why.get());
    }
    return Optional.of("no container engine answers (" + String.join("; ", silent)
        + "): start Docker, or say by DOCKER_HOST where it is");
  }

  /** Where Testcontainers looks: for root's engine, an engine of this user alone, and that of Docker Desktop. */
  private static List<Path> usualPlaces(Map<String, String> environment) {
    List<Path> places = new ArrayList<>(List.of(Path.of("/var/run/docker.sock")));
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (!runtime.isBlank()) {
      places.add(Path.of(runtime, "docker.sock"));
    }
    Path home = Path.of(System.getProperty("user.home"), ".docker");
    places.add(home.resolve("run/docker.sock"));
    places.add(home.resolve("desktop/docker.sock"));
    return places;
  }

  private static Optional<String> silence(SocketAddress address) {
    return Limited.attempt(LIMIT, () -> ping(address));
  }

  /** Over TCP the connection is sign enough: what is said on it may have to be encrypted. */
  private static boolean ping(SocketAddress address) throws IOException {
    try (SocketChannel channel = SocketChannel.open(address)) {
      if (address instanceof UnixDomainSocketAddress) {
        channel.write(StandardCharsets.US_ASCII.encode("GET /_ping HTTP/1.0\r\n\r\n"));
        if (channel.read(ByteBuffer.allocate(1)) < 1) {
          throw new IOException("the connection was closed without an answer");
        }
      }
      return true;
    }
  }
}
