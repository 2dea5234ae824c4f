package dev.scalable.testkit.shop;

import java.sql.SQLException;

/** Sets of numbers by name. Each is an array in one row, so that two who add to it at the same time are in conflict. */
final class Sets {
  private static final int ATTEMPTS = 1_000;
  private static final String CONFLICT = "40001";

  private final Pool pool;
  private final Bugs bugs;

  Sets(Pool pool, Bugs bugs) {
    this.pool = pool;
    this.bugs = bugs;
  }

  /** Adds an element; one that is in the set already stays there once. */
  Reply add(Received request) throws SQLException {
    String name = request.part(2);
    long element = request.partAsNumber(3);
    pool.transaction(connection ->
        Pool.update(connection, "insert into element_set values (?, '{}') on conflict do nothing", name));
    for (int attempt = 1; ; attempt++) {
      try {
        pool.transaction(connection -> {
          Pool.update(connection, "set transaction isolation level repeatable read");
          return Pool.update(connection, "update element_set set elements = array_append(elements, ?)"
              + " where name = ? and not elements @> array[?]::bigint[]", element, name, element);
        });
        return Reply.noContent();
      } catch (SQLException refused) {
        if (bugs.has(Bug.SWALLOWED_ERROR)) {
          return Reply.noContent();
        }
        if (!CONFLICT.equals(refused.getSQLState()) || attempt == ATTEMPTS) {
          throw refused;
        }
      }
    }
  }

  /** All elements, in the order in which they were added. */
  Reply read(Received request) throws SQLException {
    String name = request.part(2);
    return Reply.ok("[" + pool.transaction(connection ->
        Pool.text(connection, "select array_to_string(elements, ',') from element_set where name = ?", name))
        .orElse("") + "]");
  }
}
