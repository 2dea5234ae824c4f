package dev.scalable.testkit.shop;

import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Carts of visitors, who may be at another instance with their next request. */
final class Carts {
  private final Pool pool;
  private final Bugs bugs;
  private final ConcurrentMap<String, Map<Long, Long>> memory = new ConcurrentHashMap<>();

  Carts(Pool pool, Bugs bugs) {
    this.pool = pool;
    this.bugs = bugs;
  }

  /** An empty cart. */
  Reply open() {
    return Reply.created("{\"cart\":\"" + UUID.randomUUID() + "\"}");
  }

  /** Puts so many of a product into a cart, in place of those that were in it. */
  Reply put(Received request) throws SQLException {
    String id = request.part(2);
    long product = request.partAsNumber(3);
    long quantity = request.number("quantity");
    if (bugs.has(Bug.SESSION_IN_MEMORY)) {
      memory.compute(id, (key, old) -> {
        Map<Long, Long> cart = old == null ? new TreeMap<>() : new TreeMap<>(old);
        cart.put(product, quantity);
        return cart;
      });
    } else {
      pool.transaction(connection -> Pool.update(connection,
          "insert into cart_item values (?, ?, ?) on conflict (cart, product)"
              + " do update set quantity = excluded.quantity",
          id, product, quantity));
    }
    return Reply.noContent();
  }

  /** The quantities by product. */
  Reply read(Received request) throws SQLException {
    String id = request.part(2);
    if (bugs.has(Bug.SESSION_IN_MEMORY)) {
      StringBuilder json = new StringBuilder();
      memory.getOrDefault(id, Map.of()).forEach((product, quantity) ->
          json.append(json.isEmpty() ? "" : ",").append('"').append(product).append("\":").append(quantity));
      return Reply.ok("{" + json + "}");
    }
    return Reply.ok(pool.transaction(connection -> Pool.text(connection,
        "select '{' || coalesce(string_agg('\"' || product || '\":' || quantity, ',' order by product), '') || '}'"
            + " from cart_item where cart = ?",
        id).orElseThrow()));
  }

  /** Empties the memory. */
  void forget() {
    memory.clear();
  }
}
