package dev.scalable.testkit.shop;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/** All that is counted: counters with names, tickets, and the calls of a client. */
final class Counters {
  private static final long CALLS_PER_CLIENT = 10;

  private final Pool pool;
  private final Redis redis;
  private final Bugs bugs;
  private final AtomicLong tickets = new AtomicLong();
  private final ConcurrentMap<String, Long> calls = new ConcurrentHashMap<>();

  Counters(Pool pool, Redis redis, Bugs bugs) {
    this.pool = pool;
    this.redis = redis;
    this.bugs = bugs;
  }

  /** Adds one. */
  Reply increment(Received request) throws SQLException {
    String name = request.part(2);
    return value(pool.transaction(connection -> bugs.has(Bug.LOST_UPDATE)
        ? incrementUnguarded(connection, name)
        : Pool.number(connection,
            "insert into counter values (?, 1) on conflict (name) do update set value = counter.value + 1"
                + " returning value",
            name).orElseThrow()));
  }

  /** 0 if nothing was ever added. */
  Reply read(Received request) throws SQLException {
    String name = request.part(2);
    return value(pool.transaction(connection ->
        Pool.number(connection, "select value from counter where name = ?", name).orElse(0L)));
  }

  /** A number that nobody else ever gets. */
  Reply ticket() throws SQLException {
    long number = bugs.has(Bug.IDS_PER_INSTANCE)
        ? tickets.incrementAndGet()
        : pool.transaction(connection -> Pool.number(connection, "select nextval('ticket')").orElseThrow());
    return Reply.created("{\"ticket\":" + number + "}");
  }

  /** Lets a client in ten times. */
  Reply call(Received request) throws IOException {
    String client = request.part(2);
    Object number = bugs.has(Bug.LIMIT_IN_MEMORY)
        ? calls.merge(client, 1L, Long::sum)
        : redis.ask("INCR", "calls:" + client);
    if (number instanceof Long called && called <= CALLS_PER_CLIENT) {
      return Reply.ok("{\"call\":" + called + "}");
    }
    throw new Refused(429, "more than " + CALLS_PER_CLIENT + " calls");
  }

  /** Starts all that is counted in memory again. */
  void forget() {
    tickets.set(0);
    calls.clear();
  }

  private static long incrementUnguarded(Connection connection, String name) throws SQLException {
    Pool.update(connection, "insert into counter values (?, 0) on conflict do nothing", name);
    long more = Pool.number(connection, "select value from counter where name = ?", name).orElseThrow() + 1;
    Bugs.think();
    Pool.update(connection, "update counter set value = ? where name = ?", more, name);
    return more;
  }

  private static Reply value(long number) {
    return Reply.ok("{\"value\":" + number + "}");
  }
}
