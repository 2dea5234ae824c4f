package dev.scalable.schema;

import dev.scalable.db.Db;
import dev.scalable.db.Tx;
import dev.scalable.health.HealthCheck;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Keeps an instance from becoming ready while the database's schema is older than it needs; contribute one with Dagger's {@code
 * @IntoSet}. Meanwhile the instance is alive, says in its log and on its health page what it waits for, and becomes ready by itself
 * once the schema is there. A newer schema is fine: in a rolling deploy, instances of the older version work on it.
 *
 * <p>It reads the table {@code flyway_schema_history} that Flyway keeps of what was applied (columns {@code version} and {@code
 * success}), through {@link Db}, and changes nothing. Immutable; safe for use by many threads.
 */
public final class SchemaCheck implements HealthCheck {

  /** Which history: that of the application is found by the connection's search path. */
  private enum History {
    APPLICATION("schema", "select to_regclass('flyway_schema_history') is not null",
        "select version from flyway_schema_history where success and version is not null"),
    LIBRARY("schema of scalable-core", "select to_regclass('scalable.flyway_schema_history') is not null",
        "select version from scalable.flyway_schema_history where success and version is not null");

    final String subject;
    final String exists;
    final String versions;

    History(String subject, String exists, String versions) {
      this.subject = subject;
      this.exists = exists;
      this.versions = versions;
    }
  }

  private final Db db;
  private final History history;
  private final String needed;
  private final String command;

  private SchemaCheck(Db db, History history, String needed, String command) {
    if (!needed.matches("[0-9]+([._][0-9]+)*")) {
      throw new IllegalArgumentException("A schema version is numbers with dots between, as in V1.2__name.sql, and not " + needed);
    }
    this.db = db;
    this.history = history;
    this.needed = needed;
    this.command = command;
  }

  /**
   * The check of the application's own schema.
   *
   * @param db the database
   * @param version the lowest version it must have, such as {@code 2} or {@code 1.3}: that of the last migration without which the
   *     instance could not work
   * @param command what to run to bring the schema up to date; told to whoever asks, so it holds no secret
   * @throws IllegalArgumentException if {@code version} is none
   */
  public static SchemaCheck atLeast(Db db, String version, String command) {
    return new SchemaCheck(db, History.APPLICATION, version, command);
  }

  /** The check of what this library keeps in the schema {@code scalable}, likewise. */
  public static SchemaCheck ofLibrary(Db db, String version, String command) {
    return new SchemaCheck(db, History.LIBRARY, version, command);
  }

  @Override
  public String name() {
    return history.subject;
  }

  @Override
  public boolean critical() {
    return true;
  }

  @Override
  public Duration timeout() {
    // A connection may have to be made for it.
    return Duration.ofSeconds(3);
  }

  /** Returns if the schema is new enough; throws IllegalStateException with a sentence for the operator if it is not. */
  @Override
  public void check() {
    // The primary, since a replica may be behind.
    Optional<String> found = db.readPrimary(this::newest);
    if (found.isEmpty()) {
      throw new IllegalStateException("The database has no " + history.subject + " yet, and this instance needs version " + needed
          + ": run " + command);
    }
    if (order(found.get(), needed) < 0) {
      throw new IllegalStateException("The database's " + history.subject + " has version " + found.get()
          + ", and this instance needs " + needed + ": run " + command);
    }
  }

  private Optional<String> newest(Tx tx) {
    if (!tx.handle().createQuery(history.exists).mapTo(Boolean.class).one()) {
      return Optional.empty();
    }
    List<String> versions = tx.handle().createQuery(history.versions).mapTo(String.class).list();
    Comparator<String> byNumber = SchemaCheck::order;
    return versions.stream().max(byNumber);
  }

  /** Number by number, as Flyway compares: 1.10 is newer than 1.9, and 1.0 the same as 1. */
  private static int order(String one, String other) {
    String[] left = one.split("[._]");
    String[] right = other.split("[._]");
    for (int i = 0; i < Math.max(left.length, right.length); i++) {
      int order = number(left, i).compareTo(number(right, i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static BigInteger number(String[] parts, int index) {
    return index < parts.length ? new BigInteger(parts[index]) : BigInteger.ZERO;
  }
}
