package dev.scalable.db;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.OptionalLong;

/**
 * How far the primary's log had been written at certain times. Whoever has replayed the log up to a mark knows of all
 * that was committed before the time of that mark. All times are of this process' own clock, so no two machines'
 * clocks are compared.
 *
 * <p>Safe for use by many threads.
 */
final class Marks {

  /** So many that a replica can be many looks behind and its lag still be told. */
  private static final int MOST = 1_000;

  private record Mark(long nanos, long position) {}

  private final Deque<Mark> marks = new ArrayDeque<>();
  private String timeline = "";

  /**
   * Adds a mark.
   *
   * @param nanos a time of {@link System#nanoTime()}, before the primary was asked
   * @param position how far its log was on disk then
   * @param timeline the branch of the log; positions on another say nothing
   */
  synchronized void add(long nanos, long position, String timeline) {
    if (!this.timeline.equals(timeline) || (!marks.isEmpty() && marks.getLast().position() > position)) {
      marks.clear();
      this.timeline = timeline;
    }
    if (!marks.isEmpty() && marks.getLast().position() == position) {
      marks.removeLast();
    } else if (marks.size() == MOST) {
      marks.removeFirst();
    }
    marks.addLast(new Mark(nanos, position));
  }

  /**
   * The latest time of which it is known that all that was committed before has been replayed.
   *
   * @param position how far the log has been replayed
   * @return a time of {@link System#nanoTime()}; empty if no mark lies that far back
   */
  synchronized OptionalLong knownUntil(long position) {
    for (Iterator<Mark> latestFirst = marks.descendingIterator(); latestFirst.hasNext();) {
      Mark mark = latestFirst.next();
      if (mark.position() <= position) {
        return OptionalLong.of(mark.nanos());
      }
    }
    return OptionalLong.empty();
  }
}
