package dev.scalable.http;

import java.util.function.Function;

/**
 * What a client is told of exceptions of one class and those below it. Contribute one with Dagger's {@code @IntoSet}; an exception
 * that no mapper knows is a 500 that tells the client nothing of its cause.
 *
 * <p>The mapper of the nearest class answers, as a {@code catch} would: one for {@code FileNotFoundException} before one for
 * {@code IOException}. Two for one class stop the start.
 *
 * @param type the class of exceptions; never {@link Problem}, which is answered as it is
 * @param problem the problem to answer with; safe for use by many threads
 * @param <E> the class of exceptions
 */
public record ErrorMapper<E extends Exception>(Class<E> type, Function<? super E, Problem> problem) {

  /**
   * A mapper.
   *
   * @param type the class of exceptions
   * @param problem the problem to answer with
   * @param <E> the class of exceptions
   */
  public static <E extends Exception> ErrorMapper<E> of(Class<E> type, Function<? super E, Problem> problem) {
    return new ErrorMapper<>(type, problem);
  }

  /**
   * The problem that an exception is answered with.
   *
   * @param failure an exception of this mapper's class
   * @throws ClassCastException if it is of another
   */
  public Problem map(Exception failure) {
    return problem.apply(type.cast(failure));
  }
}
