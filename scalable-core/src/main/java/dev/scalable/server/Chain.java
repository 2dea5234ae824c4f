package dev.scalable.server;

import dev.scalable.http.Filter;
import dev.scalable.http.Handler;
import dev.scalable.http.Request;
import dev.scalable.http.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The filters that the requests of one route pass, outermost first. Immutable. */
final class Chain {

  private final Filter[] filters;
  private final Chain nonBlocking;

  private Chain(List<Filter> filters) {
    this.filters = filters.toArray(Filter[]::new);
    List<Filter> quick = new ArrayList<>();
    boolean complete = true;
    for (Filter filter : filters) {
      if (filter.blocks()) {
        complete = false;
      } else {
        quick.add(complete ? filter : optional(filter));
      }
    }
    this.nonBlocking = complete ? this : new Chain(quick);
  }

  /**
   * A filter behind one that was left out, so without what that would have found out, such as who asks. It may add to an
   * answer of the server; if it fails, it is as if it were not there. A 503 that became a 401 would be tried nowhere
   * else.
   */
  private static Filter optional(Filter filter) {
    return Filter.nonBlocking((request, next) -> {
      AtomicReference<@Nullable Response> rest = new AtomicReference<>();
      try {
        return filter.apply(request, seen -> {
          Response response = next.proceed(seen);
          rest.set(response);
          return response;
        });
      } catch (Exception lacking) {
        Response response = rest.get();
        return response == null ? next.proceed(request) : response;
      }
    });
  }

  /** The filters of all routes, and those of one. */
  static Chain of(List<Filter> common, List<Filter> own) {
    return new Chain(Stream.concat(common.stream(), own.stream()).toList());
  }

  /** Those of the filters that do not block, for answers that the server gives of itself. */
  Chain nonBlocking() {
    return nonBlocking;
  }

  /** Whether any of the filters may block. */
  boolean blocks() {
    return nonBlocking != this;
  }

  /**
   * The response of the filters around a handler.
   *
   * @param failed what becomes of anything thrown, by the handler or by a filter; never throws
   */
  Response around(Handler handler, Request request, Function<Throwable, Response> failed) {
    return proceed(0, handler, request, failed);
  }

  private Response proceed(int from, Handler handler, Request request, Function<Throwable, Response> failed) {
    try {
      if (from == filters.length) {
        return Objects.requireNonNull(handler.handle(request),
            "a handler returned null; it must return a response, or throw a Problem");
      }
      return Objects.requireNonNull(
          filters[from].apply(request, seen -> proceed(from + 1, handler, seen, failed)),
          "a filter returned null; it must return a response, or throw a Problem");
    } catch (Throwable t) {
      return failed.apply(t);
    }
  }
}
