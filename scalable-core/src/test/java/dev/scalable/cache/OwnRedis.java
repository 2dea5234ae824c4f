package dev.scalable.cache;

import dev.scalable.TestStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.awaitility.Awaitility;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A Redis server of a test's own, of the same program as that of the test stack. It ends with the test JVM: its shell
 * waits for the end of its input.
 */
final class OwnRedis implements AutoCloseable {

  private static final String UNTIL_INPUT_ENDS =
      "exec 3<&0; \"$@\" < /dev/null 3<&- & pid=$!; (cat <&3 > /dev/null; kill -KILL $pid) & exec 3<&-; wait $pid";

  private final Path folder;
  private final String name;
  private final int port;
  private final List<Process> shells = new ArrayList<>();
  private RedisClient client;

  private final Map<String, String> environment;

  private OwnRedis(Path folder, String name, int port, Map<String, String> environment) {
    this.folder = folder;
    this.name = name;
    this.port = port;
    this.environment = environment;
    this.client = RedisClient.create(uri());
  }

  /** A server with its data in a file of the folder; runs. */
  static OwnRedis start(Path folder, String name) throws IOException {
    return start(folder, name, Map.of());
  }

  /** Likewise, with variables of its own. */
  static OwnRedis start(Path folder, String name, Map<String, String> environment) throws IOException {
    OwnRedis made = new OwnRedis(folder, name, freePort(), environment);
    made.start();
    return made;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  static String field(RedisClient redis, String section, String field) {
    return redis.info(section).lines().filter(line -> line.startsWith(field + ":")).findFirst().orElseThrow()
        .substring(field.length() + 1).strip();
  }

  private static String program() {
    try (RedisClient stack = RedisClient.create(TestStack.redis().uri())) {
      return field(stack, "server", "executable");
    }
  }

  /** Starts it on the data that were saved last, if any. */
  void start() throws IOException {
    List<String> command = List.of("/bin/sh", "-c", UNTIL_INPUT_ENDS, "sh", program(), "--port", Integer.toString(port),
        "--bind", "127.0.0.1", "--dir", folder.toString(), "--dbfilename", name + ".rdb", "--save", "", "--appendonly",
        "no", "--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(name + ".log").toFile()));
    builder.environment().putAll(environment);
    shells.add(builder.start());
    Awaitility.await().until(() -> {
      try {
        return client.ping().equals("PONG");
      } catch (JedisException e) {
        return false;
      }
    });
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  URI uri() {
    return URI.create("redis://127.0.0.1:" + port);
  }

  RedisClient client() {
    return client;
  }

  private void administer(Function<Jedis, String> command) {
    try (Jedis server = new Jedis("127.0.0.1", port)) {
      String answer = command.apply(server);
      if (!answer.equals("OK")) {
        throw new IllegalStateException(answer);
      }
    }
  }

  /** It follows another, at this address, and has all that the other has. */
  void follow(InetSocketAddress primary) {
    administer(server -> server.replicaof("127.0.0.1", primary.getPort()));
    Awaitility.await().until(() -> field(client, "replication", "master_link_status").equals("up"));
  }

  /** Writes all that it has into its file. */
  void save() {
    administer(Jedis::save);
  }

  /** It becomes a primary. */
  void promote() {
    administer(Jedis::replicaofNoOne);
  }

  /** It is gone at once, and saves nothing. */
  void kill() throws InterruptedException, IOException {
    long pid = Long.parseLong(field(client, "server", "process_id"));
    client.close();
    client = RedisClient.create(uri());
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    for (Process shell : shells) {
      shell.getOutputStream().close();
      if (!shell.waitFor(Duration.ofSeconds(30).toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("Redis " + name + " has not ended");
      }
    }
    shells.clear();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (!shells.isEmpty()) {
      kill();
    }
    client.close();
  }
}
