package dev.scalable.testkit.history;

import java.time.Duration;
import java.util.Locale;

/**
 * Something that happened to a node, such as the end of an instance.
 *
 * @param at when, since the start that the events were asked for by
 * @param node the name of the node, such as {@code app-1}
 * @param what what happened, such as {@code killed}
 */
public record Event(Duration at, String node, String what) {
  /** Returns one line: time, node, what happened. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.3f s %s %s", at.toNanos() / 1e9, node, what);
  }
}
