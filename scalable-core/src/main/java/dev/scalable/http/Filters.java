package dev.scalable.http;

import java.util.List;

/**
 * The filters of all routes, outermost first; a route's own come after them. An app with such filters provides one of these from a
 * Dagger module; one list, because their order matters.
 *
 * @param list the filters in the order in which a request meets them
 */
public record Filters(List<Filter> list) {

  /** Copies the list. */
  public Filters {
    list = List.copyOf(list);
  }

  /**
   * Filters in the order in which a request meets them.
   *
   * @param filters the filters
   */
  public static Filters of(Filter... filters) {
    return new Filters(List.of(filters));
  }
}
