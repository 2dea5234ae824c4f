package dev.scalable.db;

import dev.scalable.OwnContainer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A real PgBouncer in transaction mode, in a container: distributions of a machine's age have one that forgets prepared
 * statements.
 */
final class PgBouncer implements AutoCloseable {

  /** Made by .ci/container-images. */
  private static final String IMAGE = "scalable/pgbouncer:forky";

  private static final String UNTIL_INPUT_ENDS = "pgbouncer /settings/pgbouncer.ini & cat; kill -QUIT $!; wait $!";

  private final int port;
  private final OwnContainer container;

  private PgBouncer(int port, OwnContainer container) {
    this.port = port;
    this.container = container;
  }

  /** Goes on where it can be had. */
  static void assumeUsable() throws Exception {
    OwnContainer.assumeImage(IMAGE);
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
    return new PgBouncer(port, OwnContainer.start(IMAGE, folder.resolve("pgbouncer-" + port + ".log"),
        List.of("--volume=" + own + ":/settings:ro"), UNTIL_INPUT_ENDS, () -> answers(port)));
  }

  private static boolean answers(int port) {
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
    container.close();
  }
}
