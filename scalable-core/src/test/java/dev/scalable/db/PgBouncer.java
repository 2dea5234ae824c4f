package dev.scalable.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A real PgBouncer in transaction mode, in a container on the host's network: distributions of a machine's age have one
 * that forgets prepared statements. It ends with the test JVM, when its input does.
 */
final class PgBouncer implements AutoCloseable {

  /** Made by .ci/container-images. */
  private static final String IMAGE = "scalable/pgbouncer:forky";

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String UNTIL_INPUT_ENDS = "pgbouncer /settings/pgbouncer.ini & cat; kill -QUIT $!; wait $!";

  private final int port;
  private final Path log;
  private final Process process;

  private PgBouncer(int port, Path log, Process process) {
    this.port = port;
    this.log = log;
    this.process = process;
  }

  /** Goes on where an engine has the image. Elsewhere the test is counted as not run, or fails if it is required. */
  static void assumeUsable() throws Exception {
    if (System.getProperty("scalable.test.pgbouncer", "").equals("required")) {
      return;
    }
    String obstacle = "";
    try {
      Process inspection = new ProcessBuilder("docker", "image", "inspect", "--format", "{{.Id}}", IMAGE)
          .redirectErrorStream(true).start();
      String output = new String(inspection.getInputStream().readAllBytes(), UTF_8);
      obstacle = inspection.waitFor() == 0 ? "" : output.strip();
    } catch (IOException e) {
      obstacle = e.toString();
    }
    String why = obstacle;
    assumeTrue(why.isEmpty(), () -> "There is no PgBouncer; .ci/container-engine and .ci/container-images make one: " + why);
  }

  /**
   * Starts it and returns when it takes connections.
   *
   * @param folder a folder for its files
   * @param databases lines of that section
   * @param settings lines besides those that any needs
   */
  static PgBouncer start(Path folder, String databases, String settings) throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Path own = Files.createDirectories(folder.resolve("pgbouncer-" + port));
    Files.writeString(own.resolve("users"), "\"" + OwnPostgres.USER + "\" \"" + OwnPostgres.PASSWORD + "\"\n");
    Files.writeString(own.resolve("pgbouncer.ini"), "[databases]\n" + databases + """

        [pgbouncer]
        pool_mode = transaction
        listen_addr = 127.0.0.1
        unix_socket_dir =
        auth_type = scram-sha-256
        auth_file = /settings/users
        """ + settings + "\nlisten_port = " + port + "\n");
    // Its account there is not that of the test.
    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path log = folder.resolve("pgbouncer-" + port + ".log");
    Process process = new ProcessBuilder("docker", "run", "--rm", "--interactive", "--network=host",
        "--volume=" + own + ":/settings:ro", "--entrypoint=sh", IMAGE, "-c", UNTIL_INPUT_ENDS)
        .redirectErrorStream(true).redirectOutput(log.toFile()).start();
    PgBouncer started = new PgBouncer(port, log, process);
    Awaitility.await().atMost(LIMIT).until(started::answers);
    return started;
  }

  private boolean answers() throws IOException {
    if (!process.isAlive()) {
      throw new IllegalStateException(Files.readString(log));
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() throws Exception {
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException(Files.readString(log));
    }
  }
}
