package dev.scalable.server;

import dev.scalable.http.ErrorMapper;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
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

  private static Response response(Problem problem, Observed request) {
    return problem.response(request.id(), request.trace().traceId());
  }

  private Problem problem(Throwable thrown, Observed request, String where) {
    if (thrown instanceof Problem problem) {
      return problem;
    }
    if (thrown instanceof RejectedExecutionException) {
      return Problem.unavailable("This instance has as many requests as it can take");
    }
    if (thrown instanceof Exception exception) {
      for (ErrorMapper mapper : mappers) {
        Optional<Problem> problem = mapper.map(exception);
        if (problem.isPresent()) {
          request.tag(log.atWarn()).log("{} {} answered {}: {}", request.id(), where, problem.get().status(), exception.toString());
          return problem.get();
        }
      }
    }
    return unexpected(thrown, request, where);
  }

  private static Problem unexpected(Throwable thrown, Observed request, String where) {
    request.tag(log.atError()).setCause(thrown).log("{} {} failed", request.id(), where);
    return Problem.of(500, "Internal Server Error", "Something went wrong here; the log knows it by the requestId");
  }
}
