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
    Orders orders = tx.dao(Orders.class);
    Order placed = orders.place(account(request), wanted.productId(), wanted.quantity());
    if (placed == null) {
      throw noProduct(wanted.productId());
    }
    stocks.invalidate(tx, wanted.productId());
    // As late as can be: until the commit, everybody else who wants one of these waits for this row.
    Stock left = tx.dao(Stocks.class).take(wanted.productId(), wanted.quantity());
    if (left == null) {
      throw Problem.conflict("There are not " + wanted.quantity() + " of product " + wanted.productId() + " left");
    }
    orders.journal(wanted.productId(), placed.id(), wanted.quantity(), left.available());
    return Response.created("/orders/" + placed.id(), placed);
  }

  Response cancel(Tx tx, Request request) {
    long account = account(request);
    long id = request.pathLong("id");
    Orders orders = tx.dao(Orders.class);
    Order cancelled = orders.cancel(account, id);
    if (cancelled == null) {
      // To cancel twice is no mistake: it is as it was asked for.
      return Response.ok(found(orders.find(account, id), id));
    }
    stocks.invalidate(tx, cancelled.productId());
    Stock now = tx.dao(Stocks.class).putBack(cancelled.productId(), cancelled.quantity());
    if (now != null) {
      orders.journal(cancelled.productId(), id, -cancelled.quantity(), now.available());
    }
    return Response.ok(cancelled);
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
