package dev.scalable.starter.orders;

import dev.scalable.cache.TwoTierCache;
import dev.scalable.db.Db;
import dev.scalable.db.Tx;
import dev.scalable.http.Problem;
import dev.scalable.http.Request;
import dev.scalable.http.Response;
import org.jspecify.annotations.Nullable;

/** Answers what is asked of orders. */
final class OrderDesk {

  private final TwoTierCache<Long, Stock> stocks;
  private final Db db;

  OrderDesk(TwoTierCache<Long, Stock> stocks, Db db) {
    this.stocks = stocks;
    this.db = db;
  }

  Response place(Tx tx, Request request, NewOrder wanted) {
    long product = wanted.productId();
    stocks.invalidate(tx, product);
    Order placed = tx.dao(Orders.class).place(account(request), product, wanted.quantity());
    if (placed == null) {
      Stock left = tx.dao(Stocks.class).find(product);
      throw left == null ? noProduct(product) : Problem.conflict("Of product " + product + " there are " + left.available() + " left");
    }
    return Response.created("/orders/" + placed.id(), placed);
  }

  Response cancel(Tx tx, Request request) {
    long account = account(request);
    long id = request.pathLong("id");
    Orders orders = tx.dao(Orders.class);
    Order order = found(orders.find(account, id), id);
    stocks.invalidate(tx, order.productId());
    Order cancelled = orders.cancel(account, id);
    // To cancel twice is no mistake: it is as it was asked for.
    return Response.ok(cancelled != null ? cancelled : found(orders.find(account, id), id));
  }

  Response one(Request request) {
    long account = account(request);
    long id = request.pathLong("id");
    return Response.ok(found(db.readPrimary(tx -> tx.dao(Orders.class).find(account, id)), id));
  }

  Response mine(Request request) {
    long account = account(request);
    long before = request.queryLong("before", Long.MAX_VALUE, 1, Long.MAX_VALUE);
    int limit = (int) request.queryLong("limit", 20, 1, 100);
    return Response.ok(
        OrderPage.of(db.readPrimary(tx -> tx.dao(Orders.class).page(account, before, limit + 1)), limit));
  }

  Response restock(Tx tx, Request request, StockLevel level) {
    long product = request.pathLong("id");
    stocks.invalidate(tx, product);
    Stock now = tx.dao(Stocks.class).set(product, level.available());
    if (now == null) {
      throw noProduct(product);
    }
    return Response.ok(now);
  }

  private static long account(Request request) {
    return Long.parseLong(request.principal().name());
  }

  private static Order found(@Nullable Order order, long id) {
    if (order == null) {
      throw Problem.notFound("There is no order " + id + " of yours");
    }
    return order;
  }

  private static Problem noProduct(long id) {
    return Problem.notFound("There is no product " + id);
  }
}
