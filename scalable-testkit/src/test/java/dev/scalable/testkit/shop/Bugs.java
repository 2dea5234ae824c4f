package dev.scalable.testkit.shop;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** Which bugs this instance has at the moment. Safe for use by several threads. */
final class Bugs {
  private static final long RACE_NANOS = 3_000_000;

  private volatile Set<Bug> present;

  Bugs(Collection<Bug> present) {
    this.present = copy(present);
  }

  /** Those of a list such as {@code drain-off,oversell}; the empty text is none. */
  static Set<Bug> parse(String labels) {
    EnumSet<Bug> found = EnumSet.noneOf(Bug.class);
    Arrays.stream(labels.split(",")).filter(label -> !label.isBlank()).map(Bug::named).forEach(found::add);
    return found;
  }

  boolean has(Bug bug) {
    return present.contains(bug);
  }

  void become(Collection<Bug> others) {
    present = copy(others);
  }

  /** What an app does between reading and writing, which is when another one gets in between. */
  static void think() {
    LockSupport.parkNanos(RACE_NANOS);
  }

  private static Set<Bug> copy(Collection<Bug> bugs) {
    return bugs.isEmpty() ? EnumSet.noneOf(Bug.class) : EnumSet.copyOf(bugs);
  }

  @Override
  public String toString() {
    return present.toString();
  }
}
