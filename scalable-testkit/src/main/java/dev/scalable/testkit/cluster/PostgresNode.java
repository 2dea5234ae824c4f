package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.backend.NodeLog;
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
public final class PostgresNode {
  private final Store.Postgres server;
  private final @Nullable Link link;
  private final Faults faults;

  PostgresNode(Store.Postgres server, @Nullable Link link, Faults faults) {
    this.server = server;
    this.link = link;
    this.faults = faults;
  }

  /** Host and port, as this JVM reaches them. */
  public InetSocketAddress address() {
    return server.address();
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

  /**
   * Stops it with all its data on disk, breaking all connections, and starts it again at the same address; returns when
   * it takes connections.
   *
   * @throws UnsupportedOperationException without {@link Capability#STORE_RESTART}
   */
  public void restart() {
    stop();
    start();
  }

  /**
   * Stops it, breaking all connections, and returns when it has ended.
   *
   * @throws UnsupportedOperationException without {@link Capability#STORE_RESTART}
   */
  public void stop() {
    faults.require(Capability.STORE_RESTART);
    server.stop();
    faults.tell("postgres", "stopped");
  }

  /**
   * Starts it again after {@link #stop}, on the same port, and returns when it takes connections.
   *
   * @throws IllegalStateException if it runs
   * @throws UnsupportedOperationException without {@link Capability#STORE_RESTART}
   */
  public void start() {
    faults.require(Capability.STORE_RESTART);
    server.start();
    faults.tell("postgres", "started");
  }

  /**
   * The link that the instances are connected through, to slow it down or break it. This JVM's own connections do not
   * use it. {@link Cluster#restore} restores it.
   *
   * @throws IllegalStateException if the cluster was started without links
   * @throws UnsupportedOperationException without {@link Capability#LINK_FAULTS}
   */
  public Link link() {
    faults.require(Capability.LINK_FAULTS);
    if (link == null) {
      throw new IllegalStateException("the instances are connected to PostgreSQL directly: start the cluster with links(),"
          + " or @ClusterTest(links = true)");
    }
    return link;
  }

  /**
   * What the server printed.
   *
   * @throws UnsupportedOperationException without {@link Capability#LOGS}
   */
  public NodeLog log() {
    faults.require(Capability.LOGS);
    return server.node().log();
  }

  String jdbcUrl(InetSocketAddress at) {
    return "jdbc:postgresql://" + at.getHostString() + ":" + at.getPort() + "/" + server.database() + server.options();
  }

  Store.Postgres server() {
    return server;
  }

  @Override
  public String toString() {
    return "PostgreSQL at " + jdbcUrl();
  }
}
