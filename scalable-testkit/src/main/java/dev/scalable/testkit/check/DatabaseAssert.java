package dev.scalable.testkit.check;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on what is in the database, asked when they are called. A failing one shows the query and the rows that it
 * gave. Queries run in transactions that cannot write.
 */
public final class DatabaseAssert extends AbstractAssert<DatabaseAssert, DataSource> {
  DatabaseAssert(DataSource actual) {
    super(actual, DatabaseAssert.class);
  }

  /**
   * How many rows a table had at some time.
   *
   * @param table the table
   * @param rows how many
   */
  public record RowCount(String table, long rows) {
    /** Returns how many rows a table has now. */
    public static RowCount of(DataSource database, String table) {
      Query.Rows rows = Query.run(database, "select count(*) from " + Query.name(table));
      return new RowCount(table, number(rows.all().getFirst().getFirst()).longValueExact());
    }
  }

  /** Holds if a query gives one row with one value, and that is this one; numbers of different types may be equal. */
  public DatabaseAssert invariant(String sql, @Nullable Object expected) {
    isNotNull();
    Query.Rows rows = Query.run(actual, sql);
    boolean one = rows.all().size() == 1 && rows.columns().size() == 1;
    return require(
        one && Query.same(rows.all().getFirst().getFirst(), expected),
        "expected " + expected + (one ? "" : ", as the only value,") + " of", sql, rows);
  }

  /** Holds if a query gives no row: it is to look for what must not be. */
  public DatabaseAssert none(String sql) {
    isNotNull();
    Query.Rows rows = Query.run(actual, sql);
    return require(rows.all().isEmpty(), "expected no row of", sql, rows);
  }

  /** Holds if a table has exactly so many rows more than at an earlier time. */
  public DatabaseAssert grewBy(RowCount before, long more) {
    isNotNull();
    long now = RowCount.of(actual, before.table()).rows();
    if (now != before.rows() + more) {
      failWithMessage(
          "%s", "expected " + before.table() + " to have grown by " + more + " rows, from " + before.rows() + " to "
              + (before.rows() + more) + ", but it has " + now + ": " + Math.abs(now - before.rows() - more)
              + (now < before.rows() + more ? " are missing" : " too many"));
    }
    return this;
  }

  /**
   * Holds if nothing was sold that was not there. The query gives a row for each item with four columns in this order:
   * the item, its stock at the beginning, its stock now, and how much of it was sold. The stock must not be below zero,
   * and with what was sold it must be what there was at the beginning.
   */
  public DatabaseAssert noOversell(String sql) {
    isNotNull();
    Query.Rows rows = Query.run(actual, sql);
    if (rows.columns().size() != 4) {
      throw new IllegalArgumentException(
          "the query gives the item, its first stock, its stock and what was sold; '" + sql + "' gives "
              + rows.columns());
    }
    require(!rows.all().isEmpty(), "expected at least one item of", sql, rows);
    List<List<@Nullable Object>> wrong = new ArrayList<>(rows.all());
    wrong.removeIf(DatabaseAssert::balances);
    return require(
        wrong.isEmpty(), "expected of each item that stock >= 0 and stock + sold = first stock, wrong are "
            + wrong.size() + " of " + rows.all().size() + " by", sql, new Query.Rows(rows.columns(), wrong));
  }

  private static boolean balances(List<@Nullable Object> row) {
    BigDecimal stock = number(row.get(2));
    return stock.signum() >= 0 && stock.add(number(row.get(3))).compareTo(number(row.get(1))) == 0;
  }

  /** A sum over no rows is null: nothing. */
  private static BigDecimal number(@Nullable Object value) {
    return value == null ? BigDecimal.ZERO : new BigDecimal(value.toString());
  }

  private DatabaseAssert require(boolean good, String expected, String sql, Query.Rows rows) {
    if (!good) {
      failWithMessage("%s", expected + "\n    " + sql + "\n  it gave " + rows);
    }
    return this;
  }
}
