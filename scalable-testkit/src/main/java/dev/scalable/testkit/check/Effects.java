package dev.scalable.testkit.check;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import dev.scalable.testkit.load.LoadResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/** Joins the writes of a run with what the database says was done for each. */
final class Effects {
  private Effects() {}

  /** A query that counts the rows of a table by a column. */
  static String countBy(String table, String column) {
    return "select " + Query.name(column) + ", count(*) from " + Query.name(table) + " group by 1";
  }

  /**
   * What is wrong; empty if every answered write had one effect, and no other write more than one.
   *
   * @param sql gives rows of a key and how often it took effect
   */
  static Optional<String> wrong(LoadResult result, DataSource database, String sql) {
    List<Exchange> writes = result.exchanges().stream().filter(Exchange::write).toList();
    if (writes.stream().noneMatch(write -> write.fate() == Fate.OK)) {
      return Optional.of("there was no successful write to look for");
    }
    Query.Rows rows = Query.run(database, sql);
    Map<String, Long> effects = byKey(rows, sql);
    if (writes.stream().noneMatch(write -> effects.containsKey(key(write)))) {
      return Optional.of("none of the keys of " + writes.size() + " writes, such as " + key(writes.getFirst())
          + ", is in the first column of '" + sql + "', which gave " + rows);
    }
    List<String> missing = new ArrayList<>();
    List<String> twice = new ArrayList<>();
    for (Exchange write : writes) {
      long times = effects.getOrDefault(key(write), 0L);
      if (times > 1) {
        twice.add(key(write) + " took effect " + times + " times: " + write);
      } else if (times == 0 && write.fate() == Fate.OK) {
        missing.add(key(write) + " was answered and is not there: " + write);
      }
    }
    return missing.isEmpty() && twice.isEmpty()
        ? Optional.empty()
        : Optional.of("of " + writes.size() + " writes " + twice.size() + " took effect more than once and "
            + missing.size() + " of those that were answered are missing, says '" + sql + "'"
            + Finding.examples(twice, told -> told) + Finding.examples(missing, told -> told));
  }

  /** How often each key took effect, by the database. */
  static Map<String, Long> byKey(DataSource database, String sql) {
    return byKey(Query.run(database, sql), sql);
  }

  private static Map<String, Long> byKey(Query.Rows rows, String sql) {
    Map<String, Long> effects = new HashMap<>();
    rows.all().forEach(row -> effects.merge(String.valueOf(row.getFirst()), count(row, sql), Long::sum));
    return effects;
  }

  /** What a write is known by in the database: its Idempotency-Key, or else its X-Request-Id. */
  private static String key(Exchange write) {
    String key = write.idempotencyKey();
    return key == null ? write.requestId() : key;
  }

  private static long count(List<?> row, String sql) {
    if (row.size() < 2 || !(row.get(1) instanceof Number count)) {
      throw new IllegalArgumentException(
          "a query of effects gives a key and how often it took effect; '" + sql + "' gave the row " + row);
    }
    return count.longValue();
  }
}
