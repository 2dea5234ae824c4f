package dev.scalable.http;

/**
 * Runs around handlers: what several routes need before or after them, such as knowing who asks. Given to one route by
 * {@link Route#with(Filter...)}, or to all of them by a {@link Filters}.
 *
 * <p>A filter that may block sends its routes to a handler thread, also those that could have been answered on the server's IO
 * thread. One that only computes says so by {@link #nonBlocking(Filter)}, and keeps them there. A request that is refused before it
 * reaches a route (404, 405, 413, ...), and one with OPTIONS, passes those filters of all routes that do not block. The
 * 503 of a request for which no place was free passes those of its route that do not block; so does the 504 of one that was not
 * answered in time, for the second time. Of them, one behind a filter that blocks, which may have had to find out who asks, can
 * only add to such an answer: what it throws counts for nothing.
 *
 * <p>Implementations are safe for use by many threads, and stateless: what they remember belongs into Redis or the database.
 */
@FunctionalInterface
public interface Filter {

  /**
   * Answers a request, most often with what the rest of the chain answers.
   *
   * @param request the request; its {@link Request#route()} is empty where none was reached
   * @param next the filters that follow and the handler; called at most once, or not at all to answer in its place
   * @return the response, never null
   * @throws Exception what a handler may throw, with the same effect
   */
  Response apply(Request request, Next next) throws Exception;

  /** Whether {@link #apply} may wait for anything: for another thread, a lock, a network, a disk. */
  default boolean blocks() {
    return true;
  }

  /**
   * A filter that never blocks.
   *
   * @param filter what it does, apart from what follows it in the chain
   */
  static Filter nonBlocking(Filter filter) {
    return new Filter() {
      @Override
      public Response apply(Request request, Next next) throws Exception {
        return filter.apply(request, next);
      }

      @Override
      public boolean blocks() {
        return false;
      }
    };
  }

  /** The rest of the chain. */
  interface Next {

    /**
     * The response of the rest of the chain. What it throws has become a problem document before it gets here, so what a filter
     * adds to a response is on failures as well.
     *
     * @param request the request as the rest shall see it: the one that was given, or {@link Request#as(Principal)} of it
     */
    Response proceed(Request request);
  }
}
