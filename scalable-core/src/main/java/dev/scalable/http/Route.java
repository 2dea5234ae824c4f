package dev.scalable.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a handler is reached: a method, a path template and what answers there. Immutable; {@code with}-methods return a copy.
 *
 * <p>A template is a path whose segments are either literal or one parameter in braces, {@code /products/{id}}. A literal
 * segment wins over a parameter. HEAD is answered by GET routes and OPTIONS by every path, without a route of their own.
 */
public final class Route {

  private static final StackWalker STACK = StackWalker.getInstance();

  private final Method method;
  private final String template;
  private final Action action;
  private final Options options;
  private final @Nullable Description description;

  private Route(Method method, String template, Action action, Options options, @Nullable Description description) {
    this.method = method;
    this.template = template;
    this.action = action;
    this.options = options;
    this.description = description;
  }

  /** What was said of a route beyond what answers where. */
  private record Options(@Nullable Integer maxBody, @Nullable Duration timeout, List<Filter> filters, boolean inline,
      String declaredAt) {}

  /** What answers a request. For the server; handlers are given to the factories below. */
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
    record CallWithBody<B>(BodyType<B> type, BodyHandler<B> handler) implements Action {}

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
   * A HEAD route of its own, where the GET route's answer without its body would cost too much.
   *
   * @param template the path template
   * @param handler what answers
   */
  public static Route head(String template, Handler handler) {
    return of(Method.HEAD, template, new Action.Call(handler));
  }

  /**
   * A POST route without a bound body; {@link Request#body()} has the bytes.
   *
   * @param template the path template
   * @param handler what answers
   */
  public static Route post(String template, Handler handler) {
    return of(Method.POST, template, new Action.Call(handler));
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
    return post(template, BodyType.of(body), handler);
  }

  /**
   * A POST route with a JSON body of a generic type, such as a list.
   *
   * @param template the path template
   * @param body type to bind the body to
   * @param handler what answers
   * @param <B> type of the body
   */
  public static <B> Route post(String template, BodyType<B> body, BodyHandler<B> handler) {
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
    return put(template, BodyType.of(body), handler);
  }

  /**
   * A PUT route with a JSON body of a generic type, such as a list.
   *
   * @param template the path template
   * @param body type to bind the body to
   * @param handler what answers
   * @param <B> type of the body
   */
  public static <B> Route put(String template, BodyType<B> body, BodyHandler<B> handler) {
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
    return patch(template, BodyType.of(body), handler);
  }

  /**
   * A PATCH route with a JSON body of a generic type, such as a list.
   *
   * @param template the path template
   * @param body type to bind the body to
   * @param handler what answers
   * @param <B> type of the body
   */
  public static <B> Route patch(String template, BodyType<B> body, BodyHandler<B> handler) {
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
    if (!template.startsWith("/")) {
      throw new IllegalArgumentException("A route's template starts with a slash, but this one does not: " + template);
    }
    String declaredAt = STACK.walk(frames -> frames.filter(frame -> !frame.getClassName().equals(Route.class.getName()))
        .findFirst().map(frame -> frame.toStackTraceElement().toString()).orElse("an unknown place"));
    return new Route(method, template, action, new Options(null, null, List.of(), false, declaredAt), null);
  }

  private Route with(Options other) {
    return new Route(method, template, action, other, description);
  }

  /**
   * This route with its own limit on the request body.
   *
   * @param bytes most bytes of a body; more is a 413
   */
  public Route withMaxBody(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException(this + ": maxBody is " + bytes + ", less than nothing");
    }
    return with(new Options(bytes, options.timeout, options.filters, options.inline, options.declaredAt));
  }

  /**
   * This route with its own deadline.
   *
   * @param limit time in which the request must be answered, else 504
   */
  public Route withTimeout(Duration limit) {
    if (!limit.isPositive()) {
      throw new IllegalArgumentException(this + ": timeout is " + limit + ", it must be positive");
    }
    return with(new Options(options.maxBody, limit, options.filters, options.inline, options.declaredAt));
  }

  /**
   * This route with more filters, which a request meets after those it had, and after those of all routes.
   *
   * @param filters the filters, outermost first
   */
  public Route with(Filter... filters) {
    List<Filter> all = Stream.concat(options.filters.stream(), Stream.of(filters)).toList();
    return with(new Options(options.maxBody, options.timeout, all, options.inline, options.declaredAt));
  }

  /**
   * This route answered on the server's IO thread, which saves the hop to another one. Its handler must not block: not for a
   * network, a disk, a lock or another thread, or every connection of that IO thread waits with it.
   */
  public Route inline() {
    return with(new Options(options.maxBody, options.timeout, options.filters, true, options.declaredAt));
  }

  /**
   * This route with what its readers are told: people, and programs that make clients. Changes nothing of what it does.
   *
   * @param what what it does and answers
   */
  public Route describedAs(Description what) {
    return new Route(method, template, action, options, what);
  }

  /** The method. */
  public Method method() {
    return method;
  }

  /** The path template, starting with a slash. */
  public String template() {
    return template;
  }

  /** What answers. */
  public Action action() {
    return action;
  }

  /** Most bytes of a request body; empty means the server's limit. */
  public OptionalInt maxBody() {
    return options.maxBody == null ? OptionalInt.empty() : OptionalInt.of(options.maxBody);
  }

  /** Time in which the request must be answered; empty means the server's limit. */
  public Optional<Duration> timeout() {
    return Optional.ofNullable(options.timeout);
  }

  /** The filters of this route alone, outermost first. */
  public List<Filter> filters() {
    return options.filters;
  }

  /** Whether its handler is said not to block. */
  public boolean isInline() {
    return options.inline;
  }

  /** What readers are told of it; empty when nothing was said. */
  public Optional<Description> description() {
    return Optional.ofNullable(description);
  }

  /** The line of the program that made this route, as a stack trace writes it. */
  public String declaredAt() {
    return options.declaredAt;
  }

  /** Method and template, {@code GET /products/{id}}. */
  @Override
  public String toString() {
    return method + " " + template;
  }
}
