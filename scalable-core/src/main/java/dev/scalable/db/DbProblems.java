package dev.scalable.db;

import dev.scalable.http.ErrorMapper;
import dev.scalable.http.Problem;
import java.sql.SQLException;
import java.util.Set;
import org.jdbi.v3.core.JdbiException;

/**
 * What a client is told when the database refuses. An app that knows better what a violated constraint means catches the exception, or
 * contributes a mapper for a class below {@link JdbiException}, such as {@code UnableToExecuteStatementException}.
 */
final class DbProblems {

  /** Identifies a commit whose reply was lost; a client may tell it by this from all other failures. */
  private static final String COMMIT_UNKNOWN = "urn:scalable:problem:commit-unknown";

  private DbProblems() {}

  static Set<ErrorMapper<?>> mappers() {
    return Set.of(
        ErrorMapper.of(DbUnavailable.class, e -> Problem.unavailable("The database did not do this in time; nothing was changed")),
        ErrorMapper.of(CommitUnknown.class, e -> Problem.unavailable("The connection to the database was lost while saving: it may"
            + " have been saved. A retry is safe with the same Idempotency-Key; without one, it could be saved twice")
            .type(COMMIT_UNKNOWN)),
        ErrorMapper.of(JdbiException.class, DbProblems::refused));
  }

  private static Problem refused(JdbiException failure) {
    SQLException cause = SqlStates.in(failure);
    String state = cause == null || cause.getSQLState() == null ? "" : cause.getSQLState();
    return switch (state) {
      case "23505" -> Problem.conflict("Something with one of these values is there already");
      case "23503" -> Problem.conflict("Something that this refers to is not there, or something there refers to this");
      case "23P01" -> Problem.conflict("This overlaps with something that is there already");
      case "23514" -> Problem.badRequest("A value is not one that can be stored here");
      // division_by_zero and null_value_not_allowed come of a mistake in SQL and not of a client's value.
      case "22012", "22004" -> unexpected();
      default -> state.startsWith("22")
          ? Problem.badRequest("A value cannot be stored: it is out of range, too long, malformed, or has a character such as NUL")
          : unexpected();
    };
  }

  private static Problem unexpected() {
    return Problem.of(500, "Internal Server Error", "Something went wrong here; the log knows it by the requestId");
  }
}
