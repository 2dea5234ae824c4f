package dev.scalable.testkit.local;

import dev.scalable.testkit.backend.Store;
import dev.scalable.testkit.run.Folders;
import dev.scalable.testkit.run.ProcessNode;
import dev.scalable.testkit.run.Role;
import dev.scalable.testkit.run.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts PostgreSQL. {@code initdb} takes a second, so it is run once per version and its outcome is kept in the cache
 * as a template, which every throw-away cluster gets a copy of.
 */
final class PostgresServer extends ProcessStore implements Store.Postgres {
  /** Name of the database, of its owner, and the owner's password: it listens on the loopback address only. */
  private static final String ACCOUNT = "app";

  private static final String DATA = "postgres";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /**
   * The same text order and case rules on every machine, and no libc of the machine involved. Segments of the log as
   * small as may be, since every start copies one, with the limits that the usual ones would have.
   */
  private static final List<String> INITDB = List.of("--username=" + ACCOUNT, "--auth=scram-sha-256",
      "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
      "--wal-segsize=1", "--set=min_wal_size=80MB", "--set=max_wal_size=1GB");

  /** A killed test machine may lose a throw-away cluster; its test does not wait for the disk. */
  private static final List<String> THROW_AWAY = List.of("-c", "fsync=off", "-c", "full_page_writes=off");

  private final Run run;
  private final PostgresAccount account;
  private final Path binaries;
  private final Path home;
  private final Path data;
  private final boolean throwAway;

  private PostgresServer(Run run, PostgresAccount account, Path binaries, Path home, boolean throwAway) {
    super(run, "PostgreSQL", "INT"); // its fast shutdown: SIGTERM would wait for the clients to leave
    this.run = run;
    this.account = account;
    this.binaries = binaries;
    this.home = home;
    this.data = home.resolve(DATA);
    this.throwAway = throwAway;
  }

  /**
   * Starts a server on the data in {@code kept}, or on new data in the run directory, and waits until it takes
   * connections.
   */
  static PostgresServer start(Run run, @Nullable Path kept, PostgresAccount account) {
    Path binaries = PostgresBinaries.in(account.cache());
    Path home = kept == null ? run.directory() : kept;
    PostgresServer server = new PostgresServer(run, account, binaries, home, kept == null);
    server.prepare();
    server.startFirst();
    return server;
  }

  @Override
  public String database() {
    return ACCOUNT;
  }

  @Override
  public String user() {
    return ACCOUNT;
  }

  @Override
  public String password() {
    return ACCOUNT;
  }

  /** Copied beside and renamed: what is called "postgres" is a whole database, however an earlier start ended. */
  private void prepare() {
    try {
      if (Files.isDirectory(data) && Folders.isEmpty(data)) {
        Files.delete(data);
      }
      Path template = template();
      // By cp(1): for a thousand files in a JVM that has just started, it was seen to take a tenth of the time.
      Folders.filledOnce(home, DATA,
          filling -> finish(List.of("cp", "-R", "-p", template + "/.", filling.toString())));
      Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
      account.own(data);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot prepare the folder " + data + " for PostgreSQL", e);
    }
  }

  private Path template() {
    String options = Integer.toHexString(INITDB.hashCode());
    String name = binaries.getFileName() + "-template-" + options;
    return Folders.filledOnce(account.cache(), name, this::makeTemplate);
  }

  private void makeTemplate(Path folder) {
    try {
      Path password = run.directory().resolve("initdb.password");
      try {
        Files.writeString(password, ACCOUNT);
        account.own(folder);
        account.own(password);
        List<String> initdb = command("initdb", "--pgdata=" + folder, "--pwfile=" + password);
        initdb.addAll(INITDB);
        finish(initdb);
        // Before any server runs on it: the single-user mode reads statements from its standard input.
        List<String> single = new ArrayList<>(List.of("/bin/sh", "-c", "echo 'create database " + ACCOUNT
            + "' | \"$@\"", "sh"));
        single.addAll(command("postgres", "--single", "-D", folder.toString(), "postgres"));
        finish(single);
      } finally {
        Files.delete(password);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the template of a PostgreSQL data folder in " + folder, e);
    }
  }

  /** Runs a command to its end, as a process of this run: it must not write on when the run is over. */
  private void finish(List<String> command) {
    launch(command).awaitSuccess("preparing the data of PostgreSQL", LIMIT);
  }

  @Override
  ProcessNode launch(int port) {
    List<String> command = command("postgres", "-D", data.toString(), "-c", "port=" + port,
        "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200");
    if (throwAway) {
      command.addAll(THROW_AWAY);
    }
    return launch(command);
  }

  private ProcessNode launch(List<String> command) {
    return run.launch(Role.POSTGRES, "postgres", command, Map.of("LC_ALL", "C", "TZ", "UTC"));
  }

  /** Reads what pg_ctl reads: line 1 of postmaster.pid is the server's process, line 8 its state. */
  @Override
  boolean takesConnections(ProcessNode started) {
    Path state = data.resolve("postmaster.pid");
    try {
      List<String> lines = Files.exists(state) ? Files.readAllLines(state) : List.of();
      return lines.size() > 7 && lines.get(0).equals(Long.toString(started.pid()))
          && lines.get(7).strip().equals("ready");
    } catch (IOException e) {
      return false; // it vanished between the two looks: the server has ended, which the caller sees
    }
  }

  private List<String> command(String program, String... arguments) {
    List<String> command = new ArrayList<>(account.prefix());
    command.add(binaries.resolve("bin").resolve(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }
}
