package dev.scalable.cache.history;

import java.util.Locale;

/**
 * A read that was not as promised.
 *
 * @param promise the promise
 * @param read the read
 * @param least the least version that it should have seen; for {@link Promise#WRITTEN} the greatest
 * @param since since when
 */
public record Violation(Promise promise, Step.Read read, long least, long since) {
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s: %s read key %d at version %d, %s %d since %.3f ms before", promise,
        read.instance(), read.key(), read.version(), promise == Promise.WRITTEN ? "at most" : "it was at least", least,
        (read.start() - since) / 1e6);
  }
}
