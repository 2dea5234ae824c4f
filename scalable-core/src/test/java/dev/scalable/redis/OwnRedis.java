package dev.scalable.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A Redis server, or a Sentinel, of a test's own, of the same program as that of the test stack. It ends with the test
 * JVM: its shell waits for the end of its input.
 */
public final class OwnRedis implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Runs the server until the input ends, or the server itself does; tells its process id. */
  private static final String UNTIL_INPUT_ENDS =
      "exec 3<&0; \"$@\" < /dev/null 3<&- > \"$LOG\" 2>&1 & pid=$!; echo $pid;"
      + " (cat <&3 > /dev/null; kill -CONT $pid; kill -TERM $pid) & exec 3<&-; wait $pid";

  private final Path folder;
  private final int port;
  private final List<String> command;
  private final Process shell;
  private final ProcessHandle server;

  private OwnRedis(Path folder, int port, List<String> command) throws IOException {
    this.folder = folder;
    this.port = port;
    this.command = command;
    List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", UNTIL_INPUT_ENDS, "sh"));
    all.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(all).directory(folder.toFile())
        .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("LOG", log().toString());
    this.shell = builder.start();
    this.server = ProcessHandle.of(Long.parseLong(shell.inputReader(UTF_8).readLine())).orElseThrow();
  }

  /** Starts a server that keeps its files in a new folder of {@code parent}, and returns when it answers. */
  public static OwnRedis start(Path parent, String... options) throws IOException {
    int port = freePort();
    OwnRedis server = new OwnRedis(folder(parent, port), port, command(port, options));
    server.awaitAnswer();
    return server;
  }

  /** Starts a server without waiting for it, for one that wants TLS or a password. */
  static OwnRedis launch(Path parent, int port, String... options) throws IOException {
    return new OwnRedis(folder(parent, port), port, command(port, options));
  }

  private static List<String> command(int port, String... options) {
    List<String> command = new ArrayList<>(List.of(program(), "--port", Integer.toString(port), "--bind", "127.0.0.1",
        "--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0"));
    command.addAll(List.of(options));
    return command;
  }

  private static Path folder(Path parent, int port) throws IOException {
    return Files.createDirectories(parent.resolve("redis-" + port));
  }

  /** Starts a Sentinel with these lines of configuration, and returns when it answers. */
  public static OwnRedis sentinel(Path parent, String... lines) throws IOException {
    int port = freePort();
    Path folder = folder(parent, port);
    Path file = folder.resolve("sentinel.conf");
    Files.writeString(file, "port " + port + "\nbind 127.0.0.1\n" + String.join("\n", lines) + "\n");
    OwnRedis sentinel = new OwnRedis(folder, port, List.of(program(), file.toString(), "--sentinel"));
    sentinel.awaitAnswer();
    return sentinel;
  }

  /** The program that the server of the test stack runs. */
  private static String program() {
    try (Jedis stack = new Jedis(TestStack.redis().uri())) {
      return stack.info("server").lines().filter(line -> line.startsWith("executable:")).findFirst().orElseThrow()
          .substring("executable:".length()).strip();
    }
  }

  /** One that is free, as is the one 10,000 above it, on which the nodes of a cluster talk. */
  static int freePort() throws IOException {
    while (true) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        if (socket.getLocalPort() < 55_000) {
          int busPort = socket.getLocalPort() + 10_000;
          try (ServerSocket bus = new ServerSocket(busPort, 1, InetAddress.getLoopbackAddress())) {
            return bus.getLocalPort() - 10_000;
          } catch (IOException taken) {
            // Then another one.
          }
        }
      }
    }
  }

  private void awaitAnswer() {
    await().atMost(LIMIT).pollInterval(Duration.ofMillis(10)).until(() -> {
      if (!shell.isAlive()) {
        throw new IllegalStateException(Files.readString(log()));
      }
      try (Jedis client = client()) {
        return client.ping().equals("PONG");
      } catch (JedisException e) {
        return false;
      }
    });
  }

  private Path log() {
    return folder.resolve("log");
  }

  /** The same server again, with nothing in it, after it has ended. */
  OwnRedis again() throws IOException {
    OwnRedis again = new OwnRedis(folder, port, command);
    again.awaitAnswer();
    return again;
  }

  public int port() {
    return port;
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  public URI uri() {
    return URI.create("redis://" + address());
  }

  /** A connection to be closed. */
  public Jedis client() {
    return new Jedis("127.0.0.1", port);
  }

  /** Sends commands as words, and returns the answer to the last as text. */
  public String execute(String... words) {
    try (Jedis client = client()) {
      String[] arguments = List.of(words).subList(1, words.length).toArray(String[]::new);
      Object answer = client.sendCommand(() -> words[0].getBytes(UTF_8), arguments);
      return answer instanceof byte[] bytes ? new String(bytes, UTF_8) : String.valueOf(answer);
    }
  }

  /** Stops it in the midst of whatever it does: connections stay, and nothing is answered. */
  public void pause() throws Exception {
    signal("STOP");
  }

  public void resume() throws Exception {
    signal("CONT");
  }

  private void signal(String name) throws Exception {
    if (new ProcessBuilder("kill", "-" + name, Long.toString(server.pid())).start().waitFor() != 0) {
      throw new IllegalStateException("no process " + server.pid());
    }
  }

  /** Ends it as a crash does. */
  public void kill() throws Exception {
    server.destroyForcibly();
    server.onExit().get(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    shell.getOutputStream().close();
    await().atMost(LIMIT).until(() -> !shell.isAlive());
  }
}
