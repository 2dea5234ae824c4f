package dev.scalable.server;

import dev.scalable.http.ErrorMapper;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only place that turns what was thrown into a response. */
final class Failures {

  private static final Logger log = LoggerFactory.getLogger(Failures.class);

  /** Control characters, line and paragraph separators. */
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\u2028\\u2029]+");

  private final Map<Class<?>, ErrorMapper<?>> mappers;

  private Failures(Map<Class<?>, ErrorMapper<?>> mappers) {
    this.mappers = mappers;
  }

  /**
   * The answers that some mappers give.
   *
   * @throws IllegalStateException if two know the same class; the message names all such classes
   */
  static Failures of(Collection<ErrorMapper<?>> mappers) {
    Map<Class<?>, ErrorMapper<?>> byType = new HashMap<>();
    // Mappers come as a set: sorted, the message is the same at every start.
    TreeSet<String> mistakes = new TreeSet<>();
    for (ErrorMapper<?> mapper : mappers) {
      if (byType.put(mapper.type(), mapper) != null) {
        mistakes.add(mapper.type().getName());
      }
    }
    if (!mistakes.isEmpty()) {
      throw new IllegalStateException("More than one ErrorMapper is given for each of these, and only one can answer: "
          + String.join(", ", mistakes));
    }
    return new Failures(Map.copyOf(byType));
  }

  /**
   * The response to what was thrown. What nobody expected is logged here, once, with the id that the client is told. Never throws,
   * whatever mappers and problems do.
   *
   * @param thrown what a handler or a step of the request path threw
   * @param request the request
   * @param where the method and path, for the log
   */
  Response response(Throwable thrown, Observed request, String where) {
    try {
      return response(problem(thrown, request, where), request);
    } catch (RuntimeException e) {
      e.addSuppressed(thrown);
      return response(unexpected(e, request, where), request);
    }
  }

  /** No place was free in time. The time to come back after differs, or else all who were refused would come back at once. */
  static Problem overloaded() {
    return Problem.unavailable("This instance has as many requests as it can take")
        .header("Retry-After", String.valueOf(ThreadLocalRandom.current().nextInt(1, 4)));
  }

  private static Response response(Problem problem, Observed request) {
    return problem.response(request.id(), request.trace().traceId());
  }

  private Problem problem(Throwable thrown, Observed request, String where) {
    if (thrown instanceof Problem problem) {
      return problem;
    }
    if (thrown instanceof Exception exception) {
      ErrorMapper<?> mapper = nearest(exception.getClass());
      if (mapper != null) {
        Problem problem = mapper.map(exception);
        if (problem.status() == 500) {
          // A mapper may know some exceptions of its class and not others: those are as unexpected as without it.
          return unexpected(thrown, request, where);
        }
        request.tag(log.atWarn()).log("{} {} answered {}: {}", request.id(), where, problem.status(),
            onOneLine(exception.toString()));
        return problem;
      }
    }
    return unexpected(thrown, request, where);
  }

  /**
   * A text that may repeat what a client has sent, as the messages of a database do, without what could end its line of
   * the log and begin one that is forged.
   */
  private static String onOneLine(String text) {
    return UNPRINTABLE.matcher(text).replaceAll(" ");
  }

  private @Nullable ErrorMapper<?> nearest(Class<?> thrown) {
    for (Class<?> type = thrown; type != null; type = type.getSuperclass()) {
      ErrorMapper<?> mapper = mappers.get(type);
      if (mapper != null) {
        return mapper;
      }
    }
    return null;
  }

  private static Problem unexpected(Throwable thrown, Observed request, String where) {
    request.tag(log.atError()).setCause(thrown).log("{} {} failed", request.id(), where);
    return Problem.of(500, "Internal Server Error", "Something went wrong here; the log knows it by the requestId");
  }
}
