package dev.scalable.starter.orders;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some orders of one account, the newest first.
 *
 * @param items the orders
 * @param next address of the page that follows; null on the last one
 */
public record OrderPage(List<Order> items, @Nullable String next) {

  /** A page from one order more than it holds, which tells whether another page follows. */
  static OrderPage of(List<Order> found, int limit) {
    if (found.size() <= limit) {
      return new OrderPage(found, null);
    }
    List<Order> items = List.copyOf(found.subList(0, limit));
    return new OrderPage(items, "/orders?before=" + items.getLast().id() + "&limit=" + limit);
  }
}
