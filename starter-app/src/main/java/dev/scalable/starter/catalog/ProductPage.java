package dev.scalable.starter.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some products in the order of their ids.
 *
 * @param items the products
 * @param next address of the page that follows; null on the last one
 */
public record ProductPage(List<Product> items, @Nullable String next) {

  /**
   * A page from one product more than it holds, which tells whether another page follows.
   *
   * @param search what was searched for; empty for all
   */
  static ProductPage of(List<Product> found, String search, int limit) {
    if (found.size() <= limit) {
      return new ProductPage(found, null);
    }
    List<Product> items = List.copyOf(found.subList(0, limit));
    return new ProductPage(items, "/products?after=" + items.getLast().id() + "&limit=" + limit
        + (search.isEmpty() ? "" : "&search=" + URLEncoder.encode(search, UTF_8)));
  }
}
