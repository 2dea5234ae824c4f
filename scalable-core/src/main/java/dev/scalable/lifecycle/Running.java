package dev.scalable.lifecycle;

/**
 * A service that has started. Closing it drains and stops every part; closing it again does nothing. Safe for many
 * threads.
 */
public interface Running extends AutoCloseable {

  /** Drains and stops every part in reverse order, and returns when that is done. Failures to stop are logged. */
  @Override
  void close();
}
