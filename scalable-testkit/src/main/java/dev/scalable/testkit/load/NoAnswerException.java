package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A request ended without a usable answer. The connection is closed, and the next request opens a new one. Whether the
 * request took effect is for the outcome to tell; nothing was sent a second time.
 */
public final class NoAnswerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Outcome outcome;

  NoAnswerException(String request, Outcome outcome, @Nullable Throwable cause) {
    super(request + ": " + outcome.reason(), cause);
    this.outcome = outcome;
  }

  /** Returns how the request ended. */
  public Outcome outcome() {
    return outcome;
  }
}
