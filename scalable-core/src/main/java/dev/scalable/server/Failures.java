package dev.scalable.server;

import dev.scalable.http.ErrorMapper;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only place that turns what was thrown into a response. */
final class Failures {

  private static final Logger log = LoggerFactory.getLogger(Failures.class);

  private final List<ErrorMapper> mappers;

  Failures(Collection<ErrorMapper> mappers) {
    this.mappers = List.copyOf(mappers);
  }

  /**
   * The response to what was thrown. What nobody expected is logged here, once, with the id that the client is told. Never throws,
   * whatever mappers and problems do.
   *
   * @param thrown what a handler or a step of the request path threw
   * @param requestId identity of the request
   * @param where the method and path, for the log
   */
  Response response(Throwable thrown, String requestId, String where) {
    try {
      return problem(thrown, requestId, where).response(requestId);
    } catch (RuntimeException e) {
      e.addSuppressed(thrown);
      return unexpected(e, requestId, where).response(requestId);
    }
  }

  /** No place was free in time. The time to come back after differs, or else all who were refused would come back at once. */
  static Problem overloaded() {
    return Problem.unavailable("This instance has as many requests as it can take")
        .header("Retry-After", String.valueOf(ThreadLocalRandom.current().nextInt(1, 4)));
  }

  private Problem problem(Throwable thrown, String requestId, String where) {
    if (thrown instanceof Problem problem) {
      return problem;
    }
    if (thrown instanceof Exception exception) {
      for (ErrorMapper mapper : mappers) {
        Optional<Problem> problem = mapper.map(exception);
        if (problem.isPresent()) {
          log.warn("{} {} answered {}: {}", requestId, where, problem.get().status(), exception.toString());
          return problem.get();
        }
      }
    }
    return unexpected(thrown, requestId, where);
  }

  private static Problem unexpected(Throwable thrown, String requestId, String where) {
    log.error("{} {} failed", requestId, where, thrown);
    return Problem.of(500, "Internal Server Error", "Something went wrong here; the log knows it by the requestId");
  }
}
