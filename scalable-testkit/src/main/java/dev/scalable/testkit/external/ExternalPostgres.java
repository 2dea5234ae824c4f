package dev.scalable.testkit.external;

import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.backend.Program;
import dev.scalable.testkit.backend.Store;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A PostgreSQL that runs somewhere. */
record ExternalPostgres(ExternalStore server, String database, String options, String user, String password)
    implements Store.Postgres {
  private static final Pattern URL = Pattern.compile("jdbc:postgresql://([^:/?]+)(?::(\\d+))?/([^?]+)(\\?.*)?");
  private static final int STANDARD_PORT = 5432;

  /**
   * The server of {@code known}.
   *
   * @throws IllegalArgumentException if its URL is not {@code jdbc:postgresql://host[:port]/database}
   */
  static ExternalPostgres at(Program.Database known, NodeLog log) {
    Matcher url = URL.matcher(known.jdbcUrl());
    if (!url.matches()) {
      throw new IllegalArgumentException(
          "the database's address must be jdbc:postgresql://host[:port]/database, this is " + known.jdbcUrl());
    }
    int port = url.group(2) == null ? STANDARD_PORT : Integer.parseInt(url.group(2));
    return new ExternalPostgres(new ExternalStore(new InetSocketAddress(url.group(1), port), log), url.group(3),
        Objects.requireNonNullElse(url.group(4), ""), known.user(), known.password());
  }

  @Override
  public InetSocketAddress address() {
    return server.address();
  }

  @Override
  public InetSocketAddress addressForApps() {
    return server.address();
  }

  @Override
  public Node node() {
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
