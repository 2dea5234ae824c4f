package dev.scalable.testkit.shop;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** A number for each key, to be read, written, and changed on the condition of what it is. All start with 0. */
final class Registers {
  private final Pool pool;
  private final Bugs bugs;
  private final ConcurrentMap<String, Long> memory = new ConcurrentHashMap<>();

  Registers(Pool pool, Bugs bugs) {
    this.pool = pool;
    this.bugs = bugs;
  }

  Reply read(Received request) throws SQLException {
    String key = request.part(2);
    Long copy = bugs.has(Bug.REGISTER_IN_MEMORY) ? memory.get(key) : null;
    if (copy == null) {
      copy = pool.transaction(connection ->
          Pool.number(connection, "select value from register where key = ?", key).orElse(0L));
      memory.put(key, copy);
    }
    return value(copy);
  }

  Reply write(Received request) throws SQLException {
    String key = request.part(2);
    long value = request.number("value");
    pool.transaction(connection -> Pool.update(connection,
        "insert into register values (?, ?) on conflict (key) do update set value = excluded.value", key, value));
    memory.put(key, value);
    return value(value);
  }

  /** Writes {@code to} if the value is {@code from}; 409 if it is not. */
  Reply compareAndSet(Received request) throws SQLException {
    String key = request.part(2);
    long from = request.number("from");
    long to = request.number("to");
    pool.transaction(connection -> {
      Pool.update(connection, "insert into register values (?, 0) on conflict do nothing", key);
      boolean changed = bugs.has(Bug.LOST_UPDATE)
          ? changedUnguarded(connection, key, from, to)
          : Pool.update(connection, "update register set value = ? where key = ? and value = ?", to, key, from) == 1;
      if (!changed) {
        throw new Refused(409, "the value is not " + from);
      }
      return to;
    });
    memory.put(key, to);
    return value(to);
  }

  /** Empties the memory. */
  void forget() {
    memory.clear();
  }

  private static boolean changedUnguarded(Connection connection, String key, long from, long to) throws SQLException {
    long value = Pool.number(connection, "select value from register where key = ?", key).orElseThrow();
    Bugs.think();
    return value == from && Pool.update(connection, "update register set value = ? where key = ?", to, key) == 1;
  }

  private static Reply value(long value) {
    return Reply.ok("{\"value\":" + value + "}");
  }
}
