package dev.scalable.testkit.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One operation on one piece of data, as the process that invoked it saw it. All times are since the start of the
 * recording, by one clock of the test's JVM, so that operations of all processes can be put in one order.
 *
 * <p>Values are compared by {@code equals}; whole numbers of any type are kept as {@code Long}, and collections are
 * copied. Immutable as long as the values are.
 *
 * @param number its place among all of the recording by the time of invocation, from 1
 * @param process who invoked it; a process does one operation at a time
 * @param kind what it does
 * @param key which piece of data; data of different keys is independent
 * @param expected what a {@link Kind#CAS} expects to find; null for the other kinds, or if it expects no value
 * @param value what was written or added; for a read what was read, which is null if there was none or it did not end
 *     well; for a set a read gives a {@link Collection}
 * @param invoked when it was invoked: it had no effect before
 * @param ended when its end was known
 * @param end how it ended
 * @param note why it did not end well; empty if it did
 */
public record Operation(
    int number,
    String process,
    Kind kind,
    String key,
    @Nullable Object expected,
    @Nullable Object value,
    Duration invoked,
    Duration ended,
    End end,
    String note) {

  /** What an operation does. */
  public enum Kind {
    /** Reads a register, a counter or a set. */
    READ,
    /** Sets a register. */
    WRITE,
    /** Adds an amount to a counter or an element to a set. */
    ADD,
    /** Sets a register if it holds an expected value. */
    CAS
  }

  /** How an operation ended. */
  public enum End {
    /** Acknowledged: it took effect between its invocation and its end. */
    OK,
    /** Certainly without effect, now and later. */
    FAILED,
    /** In doubt, as the {@code :info} of Jepsen: it may take effect at any time after its invocation, or never. */
    UNKNOWN
  }

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if it ends before it was invoked
   */
  public Operation {
    expected = normal(expected);
    value = normal(value);
    if (ended.compareTo(invoked) < 0) {
      throw new IllegalArgumentException(
          "operation " + number + " on '" + key + "' ended at " + ended + ", before it was invoked at " + invoked);
    }
  }

  /** Returns whether it was acknowledged. */
  public boolean ok() {
    return end == End.OK;
  }

  /** Returns whether it took effect or still may, so that its value may be seen: it did not certainly fail. */
  public boolean mayTakeEffect() {
    return end != End.FAILED;
  }

  /** Returns whether it was acknowledged before another was invoked, so that the other must see its effect. */
  public boolean precedes(Operation other) {
    return ok() && ended.compareTo(other.invoked) < 0;
  }

  /** Returns one line: number, process, what was done to which key, when and how it ended. */
  @Override
  public String toString() {
    String done = switch (kind) {
      case READ -> "read " + key + (ok() ? " = " + value : "");
      case WRITE -> "wrote " + key + " := " + value;
      case ADD -> "added " + value + " to " + key;
      case CAS -> "changed " + key + " from " + expected + " to " + value;
    };
    String how = switch (end) {
      case OK -> "";
      case FAILED -> ", failed" + because();
      case UNKNOWN -> ", in doubt" + because();
    };
    return String.format(
        Locale.ROOT, "#%d %s %s, %.6f to %.6f s%s",
        number, process, done, invoked.toNanos() / 1e9, ended.toNanos() / 1e9, how);
  }

  private String because() {
    return note.isEmpty() ? "" : " (" + note + ")";
  }

  /** One form for each value, so that 5 and 5L are the same, and nobody changes a collection later. */
  static @Nullable Object normal(@Nullable Object value) {
    return switch (value) {
      case Byte number -> number.longValue();
      case Short number -> number.longValue();
      case Integer number -> number.longValue();
      case Collection<?> elements -> copy(elements);
      case null, default -> value;
    };
  }

  private static Collection<@Nullable Object> copy(Collection<?> elements) {
    var copied = new ArrayList<@Nullable Object>();
    elements.forEach(element -> copied.add(normal(element)));
    return Collections.unmodifiableList(copied);
  }
}
