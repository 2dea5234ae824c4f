package dev.scalable.starter.feed;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the journal: behind one of its rows.
 *
 * @param transaction the row's transaction, an xid8 of PostgreSQL, which never wraps
 * @param row the row's id
 */
record Position(long transaction, long row) implements Comparable<Position> {

  /** Before every row. */
  static final Position START = new Position(0, 0);

  private static final Comparator<Position> ORDER =
      Comparator.comparingLong(Position::transaction).thenComparingLong(Position::row);
  private static final Pattern TEXT = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

  /** The position that a client names on its return; empty if it is none. */
  static Optional<Position> of(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(new Position(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }

  @Override
  public int compareTo(Position other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return transaction + "-" + row;
  }
}
