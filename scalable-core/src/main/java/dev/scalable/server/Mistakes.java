package dev.scalable.server;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with an app, gathered from all that is made of it, so that one start tells all of it. For one thread.
 */
final class Mistakes {

  private final List<IllegalStateException> found = new ArrayList<>();

  /** What is made; null if it cannot be, which is kept. */
  <T> @Nullable T of(Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalStateException e) {
      found.add(e);
      return null;
    }
  }

  /** All that was kept, in one; the causes are kept with it. */
  IllegalStateException failed() {
    IllegalStateException all = new IllegalStateException(
        String.join(System.lineSeparator(), found.stream().map(IllegalStateException::getMessage).toList()));
    found.forEach(all::addSuppressed);
    return all;
  }
}
