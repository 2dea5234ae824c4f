package dev.scalable.db;

import dev.scalable.db.DbSettings.Limits;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks the server, once and in one query, whether what an instance counts on is so. */
final class ServerCheck {

  /** Times come in milliseconds, since that is the base unit of these settings. */
  private static final String QUERY = """
      select name, setting::bigint from pg_settings where name in ('max_connections', 'superuser_reserved_connections',
      'reserved_connections', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')
      """;

  private ServerCheck() {}

  /**
   * Judges the server at the end of a connection.
   *
   * @param connection in a transaction that has the limits of one of ours
   * @param settings of the pool that it is for
   * @param servers what that pool leads to
   * @throws IllegalStateException if a limit does not hold there, or the connections of all instances do not fit; says all of it
   */
  static void run(Connection connection, DbSettings settings, Servers servers) throws SQLException {
    Map<String, Long> server = new HashMap<>();
    try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(QUERY)) {
      while (rows.next()) {
        server.put(rows.getString(1), rows.getLong(2));
      }
    }
    List<String> mistakes = new ArrayList<>();
    limit("statement_timeout", settings.statementTimeout().toMillis(), server, mistakes);
    limit("lock_timeout", settings.lockTimeout().toMillis(), server, mistakes);
    limit("idle_in_transaction_session_timeout", settings.idleInTransactionTimeout().toMillis(), server, mistakes);
    if (!mistakes.isEmpty() && settings.limits() == Limits.CONNECTION) {
      mistakes.add("something between this instance and PostgreSQL does not pass the start parameter options on: set"
          + " SCALABLE_DB_LIMITS=transaction");
    }
    // Behind a pooler, it is the pooler's connections that have to fit.
    if (settings.limits() == Limits.CONNECTION) {
      fit(settings, servers, server, mistakes);
    }
    if (!mistakes.isEmpty()) {
      throw new IllegalStateException("The database is not as this instance needs it: " + String.join("; ", mistakes));
    }
  }

  private static void limit(String name, long wanted, Map<String, Long> server, List<String> mistakes) {
    Long found = server.get(name);
    if (found == null || found != wanted) {
      mistakes.add(name + " is " + found + " ms on its connections and not " + wanted + " ms");
    }
  }

  private static void fit(DbSettings settings, Servers servers, Map<String, Long> server, List<String> mistakes) {
    long max = server.getOrDefault("max_connections", 0L);
    long superusers = server.getOrDefault("superuser_reserved_connections", 0L);
    long reserved = server.getOrDefault("reserved_connections", 0L);
    // One more watches the primary's log.
    int besides = settings.replica() == null ? 0 : 1;
    long wanted = (long) settings.instances() * (settings.poolSize() + besides) + settings.reserve();
    long there = max - superusers - reserved;
    if (settings.instances() > 0 && wanted > there) {
      mistakes.add("SCALABLE_INSTANCES=" + settings.instances() + " times " + servers.poolSize() + "="
          + settings.poolSize() + (besides == 0 ? "" : " and one more for SCALABLE_DB_REPLICA_URL")
          + " and SCALABLE_DB_RESERVE=" + settings.reserve() + " make " + wanted + " connections, but max_connections="
          + max + " less superuser_reserved_connections=" + superusers + " and reserved_connections=" + reserved + " leaves "
          + there + ": make the pools smaller ("
          + Math.max(0, (there - settings.reserve()) / settings.instances() - besides)
          + " would fit), raise max_connections, or put PgBouncer in between");
    }
  }
}
