package dev.scalable.http;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a handler is reached: a method, a path template and what answers there. Immutable; {@code with}-methods return a copy.
 *
 * <p>A template is a path whose segments are either literal or one parameter in braces, {@code /products/{id}}. The last one may
 * take all segments that are left, {@code /files/{path...}}, which its value has with slashes between them; it is empty for
 * {@code /files/}. A literal segment wins over a parameter, and both over one that takes the rest. HEAD is answered by GET routes
 * and OPTIONS by every path, without a route of their own.
 */
public final class Route {

  private static final StackWalker STACK = StackWalker.getInstance();

  /** Those whose lines say nothing of where the program made a route. */
  private static final Set<String> MAKERS = Set.of(Route.class.getName(), "dev.scalable.idempotency.Idempotent");

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
      boolean tagged, List<String> produces, String declaredAt) {}

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
     * A handler that reads the body as it comes.
     *
     * @param handler the handler
     */
    record Upload(BodyHandler<InputStream> handler) implements Action {}

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

  /**
   * A route whose handler reads the body as it comes, so that a large one is never in memory as a whole. The stream ends with the
   * body, and with the handler; what is left unread is thrown away.
   *
   * <p>A read waits for the client, with an {@code IOException} when it has gone, and with a {@link Problem} to be passed on: 413
   * when the body is larger than {@link #withMaxBody} allows, 408 when the client was waited for longer in all than the server's
   * limit for bodies and one second for each 16 KiB that came. The deadline of the route counts from the end of the request's
   * head, and so holds for the reading as well.
   *
   * @param method POST, PUT or PATCH
   * @param template the path template
   * @param handler what answers
   */
  public static Route upload(Method method, String template, BodyHandler<InputStream> handler) {
    if (method != Method.POST && method != Method.PUT && method != Method.PATCH) {
      throw new IllegalArgumentException(method + " " + template + ": only POST, PUT and PATCH have a body to upload");
    }
    return of(method, template, new Action.Upload(handler));
  }

  /**
   * A GET and HEAD route for files, at a path and everything below it.
   *
   * @param path where they are found, {@code /assets} or {@code /}
   * @param files the files
   */
  public static Route files(String path, StaticFiles files) {
    String folder = path.endsWith("/") ? path : path + "/";
    return of(Method.GET, folder + "{" + StaticFiles.PARAMETER + "...}", new Action.Call(files)).inline();
  }

  private static Route of(Method method, String template, Action action) {
    if (!template.startsWith("/")) {
      throw new IllegalArgumentException("A route's template starts with a slash, but this one does not: " + template);
    }
    String declaredAt = STACK.walk(frames -> frames.filter(frame -> !MAKERS.contains(frame.getClassName()))
        .findFirst().map(frame -> frame.toStackTraceElement().toString()).orElse("an unknown place"));
    return new Route(method, template, action, new Options(null, null, List.of(), false, false, List.of(), declaredAt),
        null);
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
    return with(new Options(bytes, options.timeout, options.filters, options.inline, options.tagged, options.produces,
        options.declaredAt));
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
    return with(new Options(options.maxBody, limit, options.filters, options.inline, options.tagged, options.produces,
        options.declaredAt));
  }

  /**
   * This route with more filters, which a request meets after those it had, and after those of all routes.
   *
   * @param filters the filters, outermost first
   */
  public Route with(Filter... filters) {
    List<Filter> all = Stream.concat(options.filters.stream(), Stream.of(filters)).toList();
    return with(new Options(options.maxBody, options.timeout, all, options.inline, options.tagged, options.produces,
        options.declaredAt));
  }

  /**
   * This route answered on the server's IO thread, which saves the hop to another one. Its handler must not block: not for a
   * network, a disk, a lock or another thread, or every connection of that IO thread waits with it.
   */
  public Route inline() {
    if (action instanceof Action.Upload) {
      throw new IllegalArgumentException(this + ": the handler waits for its body, which it must not do on the IO thread");
    }
    return with(new Options(options.maxBody, options.timeout, options.filters, true, options.tagged, options.produces,
        options.declaredAt));
  }

  /**
   * This route with a strong entity tag on each 200, made of its bytes; one that the handler gave stays. A client that has these
   * bytes already is answered 304 (RFC 9110 section 13.1.2). The handler runs all the same: it saves the way, not the work. Not for
   * parts, and not for bodies that are made while they are sent.
   */
  public Route withTag() {
    return with(new Options(options.maxBody, options.timeout, options.filters, options.inline, true, options.produces,
        options.declaredAt));
  }

  /**
   * This route for clients that take what it answers with: one whose {@code Accept} excludes all these types is answered 406 before
   * the handler runs (RFC 9110 section 12.5.1). Without this, a client gets what there is, whatever it accepts.
   *
   * @param types media types without parameters, {@code application/json}
   */
  public Route withProduces(String... types) {
    return with(new Options(options.maxBody, options.timeout, options.filters, options.inline, options.tagged,
        List.of(types), options.declaredAt));
  }

  /**
   * This route with what its readers are told: people, and programs that make clients. Changes nothing of what it does. Headers and
   * problems that were told of before stay, since those who made the route know them best.
   *
   * @param what what it does and answers
   */
  public Route describedAs(Description what) {
    return new Route(method, template, action, options, description == null ? what : what.after(description));
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

  /** Whether its answers are tagged by their bytes. */
  public boolean isTagged() {
    return options.tagged;
  }

  /** The media types it answers with; empty means that it is not said. */
  public List<String> produces() {
    return options.produces;
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
