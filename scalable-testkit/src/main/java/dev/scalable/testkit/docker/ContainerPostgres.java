package dev.scalable.testkit.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import dev.scalable.testkit.backend.Store;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** PostgreSQL, by the settings of its official image. */
record ContainerPostgres(ContainerStore server) implements Store.Postgres {
  /** Name of the database, of its owner, and the owner's password: only this machine reaches it. */
  private static final String ACCOUNT = "app";

  private static final int PORT = 5432;
  private static final int ANSWER_SECONDS = 2;

  /** More than the engine's 64 MiB, which a parallel query can exhaust. */
  private static final long SHARED_MEMORY = 256L << 20;

  /** A killed test machine may lose a throw-away cluster; its test does not wait for the disk. */
  private static final List<String> THROW_AWAY = List.of("-c", "fsync=off", "-c", "full_page_writes=off");

  /** Starts it, with new data or on what is in {@code kept}, whose files then belong to the user of the image. */
  static ContainerPostgres start(Room room, String image, @Nullable Path kept) {
    List<Bind> binds = new ArrayList<>();
    List<String> command = new ArrayList<>(List.of("postgres", "-c", "max_connections=200"));
    if (kept == null) {
      command.addAll(THROW_AWAY);
    } else {
      // Where images of version 18 and later have their data, in a folder of the version.
      binds.add(HostFolder.at(kept.resolve("postgres-in-container"), new Volume("/var/lib/postgresql")));
    }
    CreateContainerCmd description = room.container(image, "postgres", binds.toArray(Bind[]::new))
        .withEnv(
            "POSTGRES_USER=" + ACCOUNT,
            "POSTGRES_PASSWORD=" + ACCOUNT,
            "POSTGRES_DB=" + ACCOUNT,
            // The same text order and case rules as the local backend has, and no libc of the image involved.
            "POSTGRES_INITDB_ARGS=--encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8",
            "TZ=UTC")
        .withCmd(command);
    Room.host(description).withShmSize(SHARED_MEMORY);
    // By SIGINT, PostgreSQL's fast shutdown: SIGTERM would wait for the clients to leave.
    return new ContainerPostgres(
        ContainerStore.start(room, "postgres", description, PORT, "INT", ContainerPostgres::answers));
  }

  private static boolean answers(InetSocketAddress address) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {address.getHostString()});
    source.setPortNumbers(new int[] {address.getPort()});
    source.setDatabaseName(ACCOUNT);
    source.setLoginTimeout(ANSWER_SECONDS);
    try (Connection connection = source.getConnection(ACCOUNT, ACCOUNT)) {
      return connection.isValid(ANSWER_SECONDS);
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public InetSocketAddress address() {
    return server.address();
  }

  @Override
  public InetSocketAddress addressForApps() {
    return server.addressForApps();
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

  @Override
  public ContainerNode node() {
    return server.node();
  }

  @Override
  public void stop() {
    server.stop();
  }

  @Override
  public void start() {
    server.start();
  }
}
