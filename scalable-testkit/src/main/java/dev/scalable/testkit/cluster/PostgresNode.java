package dev.scalable.testkit.cluster;

import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The cluster's one PostgreSQL. The account owns the database and is a superuser, as in the official container image.
 *
 * @param port on 127.0.0.1
 * @param log what the server printed
 */
public record PostgresNode(int port, NodeLog log) {
  static final String ACCOUNT = "app";

  /** The address for JDBC, without user and password. */
  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + ACCOUNT;
  }

  /** The account to connect as. */
  public String user() {
    return ACCOUNT;
  }

  /** The account's password. It is the same everywhere: the server listens on the loopback address only. */
  public String password() {
    return ACCOUNT;
  }

  /** A source of new connections, without a pool: for the checks of a test, not for load. */
  public DataSource dataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(jdbcUrl());
    source.setUser(user());
    source.setPassword(password());
    return source;
  }
}
