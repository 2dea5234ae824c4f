package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Store;
import dev.scalable.testkit.link.Link;
import java.net.InetSocketAddress;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The cluster's one PostgreSQL. The account owns the database and is a superuser, as in the official container image.
 * Safe for use by several threads.
 */
public final class PostgresNode extends StoreNode {
  private final Store.Postgres server;

  PostgresNode(Store.Postgres server, @Nullable Link link, Faults faults) {
    super(server, "PostgreSQL", link, faults);
    this.server = server;
  }

  /** The address for JDBC as this JVM reaches it, without user and password, with the options of one that was given. */
  public String jdbcUrl() {
    return jdbcUrl(server.address());
  }

  /** The account to connect as. */
  public String user() {
    return server.user();
  }

  /** The account's password. A cluster that the testkit starts has the same everywhere: only this machine reaches it. */
  public String password() {
    return server.password();
  }

  /** A source of new connections, without a pool: for the checks of a test, not for load. */
  public DataSource dataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(jdbcUrl());
    source.setUser(user());
    source.setPassword(password());
    return source;
  }

  String jdbcUrl(InetSocketAddress at) {
    return "jdbc:postgresql://" + at.getHostString() + ":" + at.getPort() + "/" + server.database() + server.options();
  }

  @Override
  Store.Postgres server() {
    return server;
  }

  @Override
  public String toString() {
    return "PostgreSQL at " + jdbcUrl();
  }
}
