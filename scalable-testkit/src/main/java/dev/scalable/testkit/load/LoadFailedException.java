package dev.scalable.testkit.load;

import org.jspecify.annotations.Nullable;

/**
 * A load run could not be carried out as it was described, so it has no result: an action or fault threw, a fault never
 * came due, or the run was interrupted or went on for too long. Its users have stopped and their connections are
 * closed.
 */
public final class LoadFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LoadFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
