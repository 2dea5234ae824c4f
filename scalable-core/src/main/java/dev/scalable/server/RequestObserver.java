package dev.scalable.server;

/**
 * Is told of every request that has ended: for timers and logs. Contribute one with Dagger's {@code @IntoSet}.
 *
 * <p>Asked for each route once, before the first request, so that what is looked up by names is looked up once. Safe
 * for use by many threads.
 */
public interface RequestObserver {

  /** What {@link #of} is given as the route of requests that no route was found for. */
  String UNMATCHED = "UNMATCHED";

  /**
   * What {@link #of} is given as the method of requests that no route was found for and whose method is none that is
   * known.
   */
  String OTHER = "OTHER";

  /**
   * What is told of the requests of a route.
   *
   * @param method the route's method
   * @param route the route's template, or {@link #UNMATCHED}; never a path that a client has made up
   */
  OfRoute of(String method, String route);

  /** Is told of the requests of one route. */
  @FunctionalInterface
  interface OfRoute {

    /**
     * Takes note of a request. Called on the IO thread: must not block, and must not throw.
     *
     * @param request what it was and how it ended
     */
    void ended(Ended request);
  }

  /**
   * A request that has ended.
   *
   * @param id its identity
   * @param traceId the trace it belongs to
   * @param method its method as it was sent
   * @param route template of its route, or {@link #UNMATCHED}
   * @param path its path as it was sent, without the query, in which secrets may stand; cut at 500 characters
   * @param status status of the response; 499 if the client had left before there was one: its side of the connection
   *     had ended, while its body was awaited or its handler ran
   * @param bytes length of the response's body as it was sent
   * @param nanos time from its last header to the last byte of the response, or to the loss of the connection
   * @param client IP address of the client, as {@link dev.scalable.http.Client#address()}
   * @param at when it ended, in ms since 1970
   */
  record Ended(String id, String traceId, String method, String route, String path, int status, long bytes, long nanos,
      String client, long at) {}
}
