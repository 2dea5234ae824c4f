package dev.scalable.db;

import org.jspecify.annotations.Nullable;

/**
 * The database could not be reached, no connection was free in time, or the transaction was rolled back because others stood in its
 * way or it took too long. Nothing was changed; the call may be repeated.
 */
public final class DbUnavailable extends RuntimeException {

  private static final long serialVersionUID = 1;

  DbUnavailable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
