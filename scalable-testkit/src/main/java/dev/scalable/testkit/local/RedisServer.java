package dev.scalable.testkit.local;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.PortRetry;
import dev.scalable.testkit.backend.Store;
import dev.scalable.testkit.run.ProcessNode;
import dev.scalable.testkit.run.Role;
import dev.scalable.testkit.run.Run;
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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Redis: in memory only, or with an append-only file when the cluster's data is kept. */
final class RedisServer implements Store {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int ANSWER_MILLIS = 1_000;

  private final Run run;
  private final Path program;
  private final Path data;
  private final boolean kept;
  private volatile int port;
  private volatile @Nullable ProcessNode node;

  private RedisServer(Run run, Path program, Path data, boolean kept) {
    this.run = run;
    this.program = program;
    this.data = data;
    this.kept = kept;
  }

  /** Starts a server on the data in {@code kept}, or without any, and waits until it answers. */
  static RedisServer start(Run run, @Nullable Path kept) {
    Path data = (kept == null ? run.directory() : kept).resolve("redis");
    try {
      Files.createDirectories(data);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the folder " + data + " for Redis", e);
    }
    RedisServer server = new RedisServer(run, RedisBinary.find(), data, kept != null);
    return PortRetry.start(() -> {
      server.port = run.reservePort();
      ProcessNode node = server.launch();
      return new PortRetry.Attempt<>(node, () -> server.awaitReady(node), server);
    });
  }

  @Override
  public InetSocketAddress address() {
    return LocalEnvironment.loopback(port);
  }

  @Override
  public InetSocketAddress addressForApps() {
    return address();
  }

  @Override
  public ProcessNode node() {
    return Objects.requireNonNull(node, "it was never started");
  }

  @Override
  public synchronized void stop() {
    node().signal(Node.Signal.TERM);
    if (!node().endsWithin(LIMIT)) {
      throw new ClusterException("Redis did not end within " + LIMIT.toSeconds() + " s; process " + node().pid()
          + " runs\n" + node().log().excerpt());
    }
  }

  @Override
  public synchronized void start() {
    if (node().isRunning()) {
      throw new IllegalStateException(
          "Redis runs already, as process " + node().pid() + ": it can be started after a stop");
    }
    awaitReady(launch());
  }

  private ProcessNode launch() {
    List<String> command = List.of(program.toString(), "--port", Integer.toString(port), "--bind", "127.0.0.1",
        "--dir", data.toString(), "--save", "", "--appendonly", kept ? "yes" : "no", "--daemonize", "no");
    ProcessNode launched = run.launch(Role.REDIS, "redis", command, Map.of());
    node = launched;
    return launched;
  }

  private void awaitReady(ProcessNode started) {
    started.awaitUntil(() -> "answering on port " + port, () -> answers(port), LIMIT);
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
