package dev.scalable.testkit.shop;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Orders, each of which takes from the stock of one product. */
final class Orders {
  private final Pool pool;
  private final Bugs bugs;

  Orders(Pool pool, Bugs bugs) {
    this.pool = pool;
    this.bugs = bugs;
  }

  /** With an {@code Idempotency-Key} however often it is sent, one order comes of it, and one answer. */
  Reply place(Received request) throws SQLException {
    long product = request.number("product");
    long quantity = request.number("quantity");
    String key = request.header("idempotency-key");
    String answer = pool.transaction(connection -> {
      boolean keyed = key != null && !bugs.has(Bug.KEY_IGNORED);
      // Who comes second waits here for the transaction of the first.
      if (keyed && Pool.update(connection, "insert into answer (key) values (?) on conflict do nothing", key) == 0) {
        return Pool.text(connection, "select json from answer where key = ?", key).orElseThrow();
      }
      takeStock(connection, product, quantity);
      long id = insert(connection, product, quantity, key, request);
      if (bugs.has(Bug.DOUBLE_INSERT)) {
        insert(connection, product, quantity, key, request);
      }
      String json = "{\"order\":" + id + "}";
      if (keyed) {
        Pool.update(connection, "update answer set json = ? where key = ?", json, key);
      }
      return json;
    });
    return Reply.created(answer);
  }

  /** What is left of a product. */
  Reply stock(Received request) throws SQLException {
    long product = request.partAsNumber(2);
    long left = pool.transaction(connection -> left(connection, product));
    return Reply.ok("{\"stock\":" + left + "}");
  }

  /** Says what there is of a product. */
  Reply restock(Received request) throws SQLException {
    long product = request.partAsNumber(2);
    long stock = request.number("stock");
    int changed = pool.transaction(connection ->
        Pool.update(connection, "update product set stock = ? where id = ?", stock, product));
    if (changed == 0) {
      throw new Refused(404, "no product " + product);
    }
    return Reply.noContent();
  }

  private void takeStock(Connection connection, long product, long quantity) throws SQLException {
    if (bugs.has(Bug.OVERSELL)) {
      if (left(connection, product) < quantity) {
        throw new Refused(409, "not enough of product " + product);
      }
      Bugs.think();
      Pool.update(connection, "update product set stock = stock - ? where id = ?", quantity, product);
    } else if (Pool.update(connection, "update product set stock = stock - ? where id = ? and stock >= ?",
        quantity, product, quantity) == 0) {
      left(connection, product);
      throw new Refused(409, "not enough of product " + product);
    }
  }

  private static long left(Connection connection, long product) throws SQLException {
    return Pool.number(connection, "select stock from product where id = ?", product)
        .orElseThrow(() -> new Refused(404, "no product " + product));
  }

  private long insert(Connection connection, long product, long quantity, @Nullable String key,
      Received request) throws SQLException {
    String id = bugs.has(Bug.REQUEST_ID_LOST) ? null : request.header("x-request-id");
    return Pool.number(connection,
        "insert into orders (product, quantity, key, request_id) values (?, ?, ?, ?) returning id",
        product, quantity, key, id).orElseThrow();
  }
}
