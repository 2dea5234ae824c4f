package dev.scalable.testkit.shop;

import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Carts, by the session of a visitor, who may be at another instance with the next request. */
final class Carts {
  private final Pool pool;
  private final Bugs bugs;
  private final ConcurrentMap<String, Map<Long, Long>> memory = new ConcurrentHashMap<>();

  Carts(Pool pool, Bugs bugs) {
    this.pool = pool;
    this.bugs = bugs;
  }

  /** Puts so many of a product into a cart, in place of those that were in it. */
  Reply put(Received request) throws SQLException {
    String session = request.part(2);
    long product = request.partAsNumber(3);
    long quantity = request.number("quantity");
    if (bugs.has(Bug.SESSION_IN_MEMORY)) {
      memory.compute(session, (id, cart) -> {
        Map<Long, Long> changed = cart == null ? new TreeMap<>() : new TreeMap<>(cart);
        changed.put(product, quantity);
        return changed;
      });
    } else {
      pool.transaction(connection -> Pool.update(connection,
          "insert into cart_item values (?, ?, ?) on conflict (session, product)"
              + " do update set quantity = excluded.quantity",
          session, product, quantity));
    }
    return Reply.noContent();
  }

  /** The quantities by product. */
  Reply read(Received request) throws SQLException {
    String session = request.part(2);
    if (bugs.has(Bug.SESSION_IN_MEMORY)) {
      StringBuilder json = new StringBuilder();
      memory.getOrDefault(session, Map.of()).forEach((product, quantity) ->
          json.append(json.isEmpty() ? "" : ",").append('"').append(product).append("\":").append(quantity));
      return Reply.ok("{" + json + "}");
    }
    return Reply.ok(pool.transaction(connection -> Pool.text(connection,
        "select '{' || coalesce(string_agg('\"' || product || '\":' || quantity, ',' order by product), '') || '}'"
            + " from cart_item where session = ?",
        session).orElseThrow()));
  }

  /** Empties the memory. */
  void forget() {
    memory.clear();
  }
}
