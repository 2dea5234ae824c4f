package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.ClusterException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;

/** Empties a database, and leaves its shape: what migrations have made, and that they have been run. */
final class EmptyTables {
  /** The bookkeeping of Flyway and Liquibase. */
  private static final List<String> MIGRATIONS =
      List.of("flyway_schema_history", "databasechangelog", "databasechangeloglock");

  /**
   * All tables but those that are kept, partitions of them, and those of extensions, such as the reference systems of
   * PostGIS. Each by itself: TRUNCATE would go on to partitions and heirs that are kept. A partitioned table, which has
   * no rows of its own but may have a sequence, unless a part of it is kept.
   */
  private static final String TABLES = """
      with recursive family (descendant, ancestor) as (
        select oid, oid from pg_class where relkind in ('r', 'p')
        union select family.descendant, i.inhparent from family join pg_inherits i on i.inhrelid = family.ancestor
      ), kept (oid) as (
        select family.descendant from family join pg_class c on c.oid = family.ancestor
        where c.relname = any (?) or lower(c.relname) = any (?)
      )
      select format(case c.relkind when 'r' then 'only %I.%I' else '%I.%I' end, n.nspname, c.relname)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and c.oid not in (select oid from kept)
        and (c.relkind = 'r' or not exists (
          select from family join kept on kept.oid = family.descendant where family.ancestor = c.oid))
        and not exists (
          select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
      """;

  private static final String UNKNOWN =
      "select name from unnest(?) name where not exists (select from pg_class where relname = name)";

  private EmptyTables() {}

  /**
   * Truncates every table of every schema that is not PostgreSQL's own, and begins their sequences anew.
   *
   * @param keep names of tables, without schema, whose rows stay
   * @throws IllegalArgumentException if one of them does not exist; nothing is changed then
   * @throws ClusterException if a table cannot be emptied; nothing is changed then
   */
  static void in(DataSource database, Set<String> keep) {
    try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
      Array kept = connection.createArrayOf("text", keep.toArray());
      List<String> unknown = strings(connection, UNKNOWN, kept);
      if (!unknown.isEmpty()) {
        throw new IllegalArgumentException("there is no table " + new TreeSet<>(unknown)
            + " whose rows could be kept; names are without schema, in the letters that the database uses");
      }
      List<String> tables =
          strings(connection, TABLES, kept, connection.createArrayOf("text", MIGRATIONS.toArray()));
      if (!tables.isEmpty()) {
        statement.execute("set lock_timeout = '10s'"); // an app that holds a lock is told of, not waited for
        statement.execute("truncate " + String.join(", ", tables) + " restart identity");
      }
    } catch (SQLException e) {
      throw new ClusterException("the tables of the cluster could not be emptied, all of them are as they were: "
          + e.getMessage(), e);
    }
  }

  private static List<String> strings(Connection connection, String query, Array... parameters) throws SQLException {
    List<String> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setArray(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
    }
    return found;
  }
}
