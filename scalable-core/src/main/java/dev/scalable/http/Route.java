package dev.scalable.http;

import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where a handler is reached: a method, a path template and what answers there. Immutable; {@code with}-methods return a copy.
 *
 * <p>A template is a path whose segments are either literal or one parameter in braces, {@code /products/{id}}. A literal
 * segment wins over a parameter. HEAD is answered by GET routes and OPTIONS by every path, without a route of their own.
 *
 * @param method the method
 * @param template the path template, starting with a slash
 * @param action what answers
 * @param maxBody most bytes of a request body; null means the server's limit
 * @param timeout time in which the request must be answered; null means the server's limit
 */
public record Route(Method method, String template, Action action, @Nullable Integer maxBody,
    @Nullable Duration timeout) {

  /** Checks the template's first character and the limits; the route table checks the rest at start, for all routes at once. */
  public Route {
    if (!template.startsWith("/")) {
      throw new IllegalArgumentException("A route's template starts with a slash, but this one does not: " + template);
    }
    if (maxBody != null && maxBody < 0) {
      throw new IllegalArgumentException(method + " " + template + ": maxBody is " + maxBody + ", less than nothing");
    }
    if (timeout != null && !timeout.isPositive()) {
      throw new IllegalArgumentException(method + " " + template + ": timeout is " + timeout + ", it must be positive");
    }
  }

  /** What answers a request. */
  public sealed interface Action {

    /**
     * A handler without a bound body.
     *
     * @param handler the handler
     */
    record Call(Handler handler) implements Action {}

    /**
     * A handler with a body bound from JSON.
     *
     * @param type type to bind to
     * @param handler the handler
     * @param <B> type of the body
     */
    record CallWithBody<B>(Class<B> type, BodyHandler<B> handler) implements Action {}

    /**
     * A value by key; 404 when the key has none.
     *
     * @param values where the value is found
     * @param key the key of a request; must not block
     * @param answer the response for a value; must not block
     * @param <K> type of the key
     * @param <V> type of the value
     */
    record Answer<K, V>(Lookup<K, V> values, Function<Request, K> key, Function<V, Response> answer) implements Action {}
  }

  /**
   * A GET route.
   *
   * @param template the path template
   * @param handler what answers
   */
  public static Route get(String template, Handler handler) {
    return of(Method.GET, template, new Action.Call(handler));
  }

  /**
   * A GET route on a lookup. A value at hand is answered on the server's IO thread; 404 when the key has no value.
   *
   * @param template the path template
   * @param values where the value is found, for example a two-tier cache
   * @param key the key of a request, for example {@code r -> r.pathLong("id")}; must not block
   * @param answer the response for a value, for example {@code Response::ok}; must not block
   * @param <K> type of the key
   * @param <V> type of the value
   */
  public static <K, V> Route get(String template, Lookup<K, V> values, Function<Request, K> key,
      Function<V, Response> answer) {
    return of(Method.GET, template, new Action.Answer<>(values, key, answer));
  }

  /**
   * A POST route with a JSON body.
   *
   * @param template the path template
   * @param body type to bind the body to; a record that checks itself in its constructor, whose IllegalArgumentException is a 400
   *     and whose message the client gets
   * @param handler what answers
   * @param <B> type of the body
   */
  public static <B> Route post(String template, Class<B> body, BodyHandler<B> handler) {
    return of(Method.POST, template, new Action.CallWithBody<>(body, handler));
  }

  /**
   * A PUT route with a JSON body.
   *
   * @param template the path template
   * @param body type to bind the body to; a record that checks itself in its constructor, whose IllegalArgumentException is a 400
   *     and whose message the client gets
   * @param handler what answers
   * @param <B> type of the body
   */
  public static <B> Route put(String template, Class<B> body, BodyHandler<B> handler) {
    return of(Method.PUT, template, new Action.CallWithBody<>(body, handler));
  }

  /**
   * A PATCH route with a JSON body.
   *
   * @param template the path template
   * @param body type to bind the body to; a record that checks itself in its constructor, whose IllegalArgumentException is a 400
   *     and whose message the client gets
   * @param handler what answers
   * @param <B> type of the body
   */
  public static <B> Route patch(String template, Class<B> body, BodyHandler<B> handler) {
    return of(Method.PATCH, template, new Action.CallWithBody<>(body, handler));
  }

  /**
   * A DELETE route.
   *
   * @param template the path template
   * @param handler what answers
   */
  public static Route delete(String template, Handler handler) {
    return of(Method.DELETE, template, new Action.Call(handler));
  }

  private static Route of(Method method, String template, Action action) {
    return new Route(method, template, action, null, null);
  }

  /**
   * This route with its own limit on the request body.
   *
   * @param bytes most bytes of a body; more is a 413
   */
  public Route withMaxBody(int bytes) {
    return new Route(method, template, action, bytes, timeout);
  }

  /**
   * This route with its own deadline.
   *
   * @param limit time in which the request must be answered, else 504
   */
  public Route withTimeout(Duration limit) {
    return new Route(method, template, action, maxBody, limit);
  }
}
