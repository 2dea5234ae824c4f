package dev.scalable.testkit.local;

import dev.scalable.testkit.backend.Probe;
import dev.scalable.testkit.run.ProcessNode;
import dev.scalable.testkit.run.Role;
import dev.scalable.testkit.run.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Redis: in memory only, or with an append-only file when the cluster's data is kept. */
final class RedisServer extends ProcessStore {

  private final Run run;
  private final Path program;
  private final Path data;
  private final boolean kept;

  private RedisServer(Run run, Path program, Path data, boolean kept) {
    super(run, "Redis", "TERM");
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
    server.startFirst();
    return server;
  }

  @Override
  ProcessNode launch(int port) {
    List<String> command = List.of(program.toString(), "--port", Integer.toString(port), "--bind", "127.0.0.1",
        "--dir", data.toString(), "--save", "", "--appendonly", kept ? "yes" : "no", "--daemonize", "no");
    return run.launch(Role.REDIS, "redis", command, Map.of());
  }

  @Override
  boolean takesConnections(ProcessNode started) {
    return Probe.pongs(address());
  }
}
