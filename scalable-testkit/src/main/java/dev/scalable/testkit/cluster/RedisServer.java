package dev.scalable.testkit.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Starts Redis: in memory only, or with an append-only file when the cluster's data is kept. */
final class RedisServer {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int ANSWER_MILLIS = 1_000;

  private RedisServer() {}

  /** Starts a server on the data in {@code kept}, or without any, and waits until it answers. */
  static RedisNode start(NodeLauncher launcher, Ports ports, @Nullable Path kept) {
    Path program = RedisBinary.find();
    Path data = (kept == null ? launcher.run().path() : kept).resolve("redis");
    try {
      Files.createDirectories(data);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the folder " + data + " for Redis", e);
    }
    return PortRetry.start(() -> {
      int port = ports.reserve();
      List<String> command = List.of(program.toString(), "--port", Integer.toString(port), "--bind", "127.0.0.1",
          "--dir", data.toString(), "--save", "", "--appendonly", kept == null ? "no" : "yes", "--daemonize", "no");
      Node node = launcher.launch(NodeLauncher.Role.REDIS, "redis", command, Map.of());
      return new PortRetry.Attempt<>(
          node,
          () -> node.awaitUntil("answering on port " + port, () -> answers(port), LIMIT),
          new RedisNode(port, node.log()));
    });
  }

  /** Whether PING is answered by PONG; while it still loads its data, Redis answers with an error. */
  private static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MILLIS);
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII).equals("+PONG");
    } catch (IOException e) {
      return false;
    }
  }
}
