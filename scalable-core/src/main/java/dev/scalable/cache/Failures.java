package dev.scalable.cache;

import java.lang.reflect.UndeclaredThrowableException;

/** What a loader threw, as its callers get it. */
final class Failures {

  private Failures() {}

  /** The failure itself where it is unchecked, else wrapped; an Error is thrown at once. */
  static RuntimeException unchecked(Throwable failure) {
    return switch (failure) {
      case RuntimeException unchecked -> unchecked;
      case Error error -> throw error;
      default -> new UndeclaredThrowableException(failure);
    };
  }
}
