package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.ClusterException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.sql.DataSource;

/** Empties a database, and leaves its shape: what migrations have made, and that they have been run. */
final class EmptyTables {
  /** The bookkeeping of Flyway and Liquibase. */
  private static final Set<String> MIGRATIONS =
      Set.of("flyway_schema_history", "databasechangelog", "databasechangeloglock");

  private EmptyTables() {}

  /**
   * Truncates every table of every schema that is not PostgreSQL's own, and begins their sequences anew.
   *
   * @param keep names of tables, without schema, whose rows stay
   */
  static void in(DataSource database, Set<String> keep) {
    try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
      List<String> tables = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery("select tablename, format('%I.%I', schemaname, tablename)"
          + " from pg_tables where schemaname !~ '^pg_' and schemaname <> 'information_schema'")) {
        while (rows.next()) {
          String name = rows.getString(1);
          if (!MIGRATIONS.contains(name.toLowerCase(Locale.ROOT)) && !keep.contains(name)) {
            tables.add(rows.getString(2));
          }
        }
      }
      if (!tables.isEmpty()) {
        statement.execute("set lock_timeout = '10s'"); // an app that holds a lock is told of, not waited for
        statement.execute("truncate " + String.join(", ", tables) + " restart identity");
      }
    } catch (SQLException e) {
      throw new ClusterException("the tables of the cluster could not be emptied, all of them are as they were: "
          + e.getMessage(), e);
    }
  }
}
