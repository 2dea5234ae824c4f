package dev.scalable.testkit.backend;

import java.net.InetSocketAddress;

/** A server that keeps data for all instances: PostgreSQL or Redis. Its addresses stay the same over every restart. */
public interface Store {
  /** Where this JVM reaches it. */
  InetSocketAddress address();

  /** Where an instance reaches it. */
  InetSocketAddress addressForApps();

  /** Its latest start. */
  Node node();

  /** Ends it orderly, its data on disk if that is to be kept, and returns when it has ended. */
  void stop();

  /** Starts it again on the data it left, and returns when it takes connections. */
  void start();

  /**
   * A PostgreSQL server.
   *
   * @see #database
   */
  interface Postgres extends Store {
    /** The name of the database. */
    String database();

    /** Who owns it, a superuser. */
    String user();

    /** The owner's password. */
    String password();

    /** What follows the database's name in its JDBC address: {@code ?sslmode=require}, or nothing. */
    default String options() {
      return "";
    }
  }
}
