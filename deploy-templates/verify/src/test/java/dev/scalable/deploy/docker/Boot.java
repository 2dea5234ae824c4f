package dev.scalable.deploy.docker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One instance as a process, from its start to its first 200 of {@code /health/ready}; closed, it is told to end.
 *
 * @param ready how long that took
 * @param cpu the processor time of the process by then
 */
record Boot(Process process, int port, Path log, Duration ready, Duration cpu) implements AutoCloseable {

  private static final Duration MOST = Duration.ofSeconds(60);

  /** Starts one and waits for it. */
  static Boot of(List<String> command, Map<String, String> environment, Path log) throws IOException {
    int port = Integer.parseInt(Objects.requireNonNull(environment.get("SCALABLE_HTTP_PORT")));
    long began = System.nanoTime();
    Process process = Packaged.start(command, environment, log);
    while (!ready(port)) {
      if (!process.isAlive() || System.nanoTime() - began > MOST.toNanos()) {
        process.destroyForcibly();
        throw new IllegalStateException("not ready within " + MOST + ", or ended:\n" + Files.readString(log, UTF_8));
      }
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
    Duration ready = Duration.ofNanos(System.nanoTime() - began);
    return new Boot(process, port, log, ready, process.info().totalCpuDuration().orElse(Duration.ZERO));
  }

  private static boolean ready(int port) {
    try {
      return ask(port, "/health/ready").startsWith("HTTP/1.1 200 ");
    } catch (IOException e) {
      return false;
    }
  }

  private static String ask(int port, String path) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout((int) MOST.toMillis());
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) MOST.toMillis());
      socket.getOutputStream()
          .write(("GET " + path + " HTTP/1.1\r\nHost: boot\r\nConnection: close\r\n\r\n").getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  /** The whole answer to a GET. */
  String get(String path) throws IOException {
    return ask(port, path);
  }

  /** What it has in memory, in MiB; 0 where Linux does not say. */
  long residentMib() throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream().filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024).findFirst().orElse(0);
  }

  /** Tells it to end, and says with which code it did. */
  int end() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(MOST.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("has not ended within " + MOST + " of SIGTERM");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
