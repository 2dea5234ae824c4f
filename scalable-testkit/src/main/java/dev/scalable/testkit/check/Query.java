package dev.scalable.testkit.check;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Asks a database, in a transaction that cannot write. */
final class Query {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)?");
  private static final int ROWS_SHOWN = 20;

  private Query() {}

  /**
   * What a query gave.
   *
   * @param columns their names
   * @param all its rows, each with a value for each column; numbers are as the driver gives them
   */
  record Rows(List<String> columns, List<List<@Nullable Object>> all) {
    /** The rows in lines, as many as a person reads. */
    @Override
    public String toString() {
      return all.size() + " rows of " + columns
          + all.stream().limit(ROWS_SHOWN).map(row -> "\n    " + row).collect(Collectors.joining())
          + (all.size() > ROWS_SHOWN ? "\n    and " + (all.size() - ROWS_SHOWN) + " more" : "");
    }
  }

  /**
   * Asks.
   *
   * @throws IllegalStateException if the database cannot be asked, or not so
   */
  static Rows run(DataSource database, String sql) {
    try (Connection connection = database.getConnection()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false); // outside of a transaction the driver lets a write pass
      try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
        List<String> columns = new ArrayList<>();
        for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
          columns.add(rows.getMetaData().getColumnLabel(column));
        }
        List<List<@Nullable Object>> all = new ArrayList<>();
        while (rows.next()) {
          all.add(row(rows, columns.size()));
        }
        return new Rows(columns, all);
      } finally {
        connection.rollback();
      }
    } catch (SQLException failure) {
      throw new IllegalStateException(
          "the database could not be asked '" + sql + "': " + failure.getMessage(), failure);
    }
  }

  private static List<@Nullable Object> row(ResultSet rows, int columns) throws SQLException {
    var row = new ArrayList<@Nullable Object>();
    for (int column = 1; column <= columns; column++) {
      row.add(rows.getObject(column));
    }
    return Collections.unmodifiableList(row);
  }

  /**
   * Returns a name of a table or column, which may be put into a query.
   *
   * @throws IllegalArgumentException if it is not a plain one
   */
  static String name(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("'" + name + "' is no plain name of a table or column; use a query instead");
    }
    return name;
  }

  /** Whether two values are the same; numbers of different types are, if they are equal in value. */
  static boolean same(@Nullable Object one, @Nullable Object other) {
    if (one instanceof Number first && other instanceof Number second) {
      return new BigDecimal(first.toString()).compareTo(new BigDecimal(second.toString())) == 0;
    }
    return one == null ? other == null : one.equals(other);
  }
}
