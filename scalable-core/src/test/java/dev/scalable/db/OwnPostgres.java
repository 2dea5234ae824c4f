package dev.scalable.db;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.TestStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Jdbi;

/**
 * A PostgreSQL server of a test's own, with settings of its own, of the same programs as that of the test stack. It ends with the
 * test JVM: its shell waits for the end of its input.
 */
final class OwnPostgres implements AutoCloseable {

  static final String USER = "app";
  static final String PASSWORD = "the password of the server";

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Runs the server until the input ends, or the server itself does. */
  private static final String UNTIL_INPUT_ENDS =
      "exec 3<&0; \"$@\" < /dev/null 3<&- & pid=$!; (cat <&3 > /dev/null; kill -INT $pid) & exec 3<&-; wait $pid";

  private final Path bin;
  private final List<String> account;
  private final Path data;
  private final int port;
  private final List<Process> shells = new ArrayList<>();

  private OwnPostgres(Path data, int port) {
    this.bin = Path.of(ofTheStack("select setting from pg_config() where name = 'BINDIR'"));
    this.account = account(Path.of(ofTheStack("show data_directory")));
    this.data = data;
    this.port = port;
  }

  private static String ofTheStack(String question) {
    return Jdbi.create(TestStack.postgres().dataSource())
        .withHandle(handle -> handle.createQuery(question).mapTo(String.class).one());
  }

  /** As whom the stack's server runs: PostgreSQL refuses to be root, in whose stead it is nobody of a namespace, or another. */
  private static List<String> account(Path dataOfTheStack) {
    try {
      String owner = Files.getOwner(dataOfTheStack).getName();
      if (!owner.equals(System.getProperty("user.name"))) {
        return List.of("setpriv", "--reuid=" + owner, "--clear-groups", "--");
      }
      return owner.equals("root") ? List.of("unshare", "--user") : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new server's data in {@code folder}; not started. */
  static OwnPostgres in(Path folder) throws Exception {
    OwnPostgres made = new OwnPostgres(folder.resolve("data"), freePort());
    Path password = Files.writeString(folder.resolve("password"), PASSWORD);
    made.finish("initdb", "--pgdata=" + made.data, "--pwfile=" + password, "--username=" + USER, "--auth=scram-sha-256",
        "--encoding=UTF8", "--locale=C", "--no-sync");
    return made;
  }

  /** A standby that will follow this server, which must be stopped: its data are copied. Not started. */
  OwnPostgres standby(Path folder, String name) throws Exception {
    OwnPostgres copy = new OwnPostgres(folder.resolve("data-" + name), freePort());
    new ProcessBuilder("cp", "-R", "-p", data.toString(), copy.data.toString()).inheritIO().start().waitFor();
    Files.createFile(copy.data.resolve("standby.signal"));
    Files.writeString(copy.data.resolve("postgresql.auto.conf"), "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=" + USER
        + " password=''" + PASSWORD + "'' application_name=" + name + "'\n");
    return copy;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  int port() {
    return port;
  }

  Path data() {
    return data;
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  /** Starts the server with these settings, each {@code name=value}, and returns when it takes connections. */
  void start(String... settings) throws IOException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", UNTIL_INPUT_ENDS, "sh"));
    command.addAll(account);
    command.addAll(List.of(bin.resolve("postgres").toString(), "-D", data.toString(), "-c", "port=" + port,
        "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"));
    for (String setting : settings) {
      command.addAll(List.of("-c", setting));
    }
    Files.deleteIfExists(data.resolve("postmaster.pid"));
    Process shell = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(data.resolveSibling(data.getFileName() + ".log").toFile())).start();
    shells.add(shell);
    Awaitility.await().atMost(LIMIT).until(() -> {
      if (!shell.isAlive()) {
        throw new IllegalStateException(log());
      }
      Path state = data.resolve("postmaster.pid");
      List<String> lines = Files.exists(state) ? Files.readAllLines(state) : List.of();
      return lines.size() > 7 && (lines.get(7).strip().equals("ready") || lines.get(7).strip().equals("standby"));
    });
  }

  String log() throws IOException {
    return Files.readString(data.resolveSibling(data.getFileName() + ".log"), UTF_8);
  }

  /** A new connection, as the owner of everything. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:postgresql://" + address() + "/postgres", USER, PASSWORD);
  }

  /** Runs statements of which the last may be a query, and returns the first field of its first row. */
  String execute(String sql) throws SQLException {
    try (Connection connection = connect(); Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet rows = statement.getResultSet()) {
        return rows.next() ? String.valueOf(rows.getString(1)) : "";
      }
    }
  }

  private ProcessHandle server() throws IOException {
    return ProcessHandle.of(Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0))).orElseThrow();
  }

  /** As a power cut: the processes of the server are gone at once, and it flushes nothing. */
  void kill() throws Exception {
    ProcessHandle server = server();
    List<ProcessHandle> all = new ArrayList<>(server.children().toList());
    all.addFirst(server);
    all.forEach(ProcessHandle::destroyForcibly);
    server.onExit().get(10, TimeUnit.SECONDS);
  }

  /** Ends the server in order. */
  void stop() throws IOException {
    for (Process shell : shells) {
      shell.getOutputStream().close();
      Awaitility.await().atMost(LIMIT).until(() -> !shell.isAlive());
    }
    shells.clear();
  }

  @Override
  public void close() throws IOException {
    stop();
  }

  private void finish(String program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(account);
    command.add(bin.resolve(program).toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(program + ": " + output);
    }
  }

  /** Lets the account of the server, and it alone, read a file. */
  void keepPrivate(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
