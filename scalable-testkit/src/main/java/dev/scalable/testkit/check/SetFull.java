package dev.scalable.testkit.check;

import static dev.scalable.testkit.history.Operation.Kind.ADD;
import static dev.scalable.testkit.history.Operation.Kind.READ;

import dev.scalable.testkit.history.History;
import dev.scalable.testkit.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The set-full check of Jepsen: elements are added to a set that nothing is removed from, and every read that begins
 * after an element was known to be there must see it. An element is known from the acknowledgement of its addition, or
 * from the first read that saw it: one whose addition was never acknowledged, or that was
 * there before, may not vanish either once it was seen.
 */
final class SetFull {
  private SetFull() {}

  /**
   * An element that was known and is gone: no read that began after {@code missing} saw it.
   *
   * @param element the element
   * @param known the operation by which it was known
   * @param missing the last read that should have seen it
   */
  record Lost(Object element, Operation known, Operation missing) {
    @Override
    public String toString() {
      return element + " is lost: known by" + Finding.lines(List.of(known)) + "\n   but missing in the last read"
          + Finding.lines(List.of(withoutElements(missing)));
    }
  }

  /**
   * An element that was known, not seen by a read after that, and seen later.
   *
   * @param element the element
   * @param known the operation by which it was known
   * @param missing the last read that should have seen it and did not
   * @param late the time from its being known to the beginning of that read
   */
  record Stale(Object element, Operation known, Operation missing, Duration late) {
    @Override
    public String toString() {
      return String.format(
              Locale.ROOT, "%s was not visible %.1f ms after it was known by", element, late.toNanos() / 1e6)
          + Finding.lines(List.of(known)) + "\n   to the read" + Finding.lines(List.of(withoutElements(missing)));
    }
  }

  /**
   * An element that a read saw and should not have seen so.
   *
   * @param element the element
   * @param read the read
   * @param why what is wrong with it
   */
  record Odd(@Nullable Object element, Operation read, String why) {
    @Override
    public String toString() {
      return element + " " + why + Finding.lines(List.of(withoutElements(read)));
    }
  }

  /**
   * What was found.
   *
   * @param acknowledged how many elements were acknowledged
   * @param seen how many others reads have seen: in doubt when they were added, or there before
   * @param tolerated how long an element may stay unseen
   * @param lost those that are gone
   * @param stale those that were seen later than tolerated
   * @param duplicated those that one read saw twice
   * @param phantoms those that nobody added, or whose addition was refused
   * @param unread acknowledged ones that no read was to see
   */
  record Result(
      int acknowledged, int seen, Duration tolerated, List<Lost> lost, List<Stale> stale, List<Odd> duplicated,
      List<Odd> phantoms, List<Object> unread) implements Finding {
    @Override
    public Verdict verdict() {
      boolean clean = lost.isEmpty() && stale.isEmpty() && duplicated.isEmpty() && phantoms.isEmpty();
      return clean && acknowledged > 0 && unread.isEmpty() ? Verdict.PASS : Verdict.FAIL;
    }

    @Override
    public String message() {
      if (acknowledged == 0) {
        return "no addition to a set was acknowledged";
      }
      return "of " + acknowledged + " acknowledged elements "
          + (seen == 0 ? "" : "and " + seen + " others that were seen ") + lost.size() + " are lost, " + stale.size()
          + " were seen late (more than " + tolerated.toMillis() + " ms), " + duplicated.size()
          + " are there twice, " + phantoms.size() + " seen were never added, and " + unread.size()
          + " were not read for" + (unread.isEmpty() ? "" : ": read the whole set once more when all is added")
          + Finding.examples(lost, Lost::toString) + Finding.examples(duplicated, Odd::toString)
          + Finding.examples(phantoms, Odd::toString) + Finding.examples(stale, Stale::toString);
    }
  }

  static Result of(History history, Duration tolerated) {
    Result sum = new Result(
        0, 0, tolerated, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (String key : history.keys()) {
      History one = history.of(key);
      if (one.operations().stream().anyMatch(operation -> operation.kind() == ADD)) {
        sum = judge(one, one.initial(key), sum);
      }
    }
    return sum;
  }

  /** Adds what is wrong with the set of one key to the lists of a result, and its elements to the numbers. */
  private static Result judge(History history, @Nullable Object initial, Result found) {
    Map<Object, Operation> acknowledged = new LinkedHashMap<>();
    Map<Object, Operation> attempted = new HashMap<>();
    for (Operation operation : history.operations()) {
      Object element = operation.value();
      if (operation.kind() == ADD && element != null && operation.mayTakeEffect()) {
        attempted.putIfAbsent(element, operation);
        if (operation.ok()) {
          acknowledged.merge(element, operation, SetFull::earlier);
        }
      }
    }
    List<Seen> reads = history.operations().stream()
        .filter(operation -> operation.kind() == READ && operation.ok())
        .map(Seen::of)
        .toList();
    Collection<?> before = initial instanceof Collection<?> elements ? elements : List.of();
    reads.forEach(read -> judge(read, attempted, before, found));
    Map<Object, Operation> known = new LinkedHashMap<>(acknowledged);
    for (Seen read : reads) {
      for (Object element : read.times().keySet()) {
        if (before.contains(element) || attempted.containsKey(element)) {
          known.merge(element, read.read(), SetFull::earlier);
        }
      }
    }
    known.forEach((element, by) -> judge(element, by, reads, found));
    return new Result(
        found.acknowledged() + acknowledged.size(), found.seen() + known.size() - acknowledged.size(),
        found.tolerated(), found.lost(), found.stale(), found.duplicated(), found.phantoms(), found.unread());
  }

  private static void judge(Seen read, Map<Object, Operation> attempted, Collection<?> before, Result found) {
    read.times().forEach((element, times) -> {
      if (times > 1) {
        found.duplicated().add(new Odd(element, read.read(), "is there " + times + " times in"));
      }
      if (!before.contains(element) && !attempted.containsKey(element)) {
        found.phantoms().add(new Odd(element, read.read(), "was never added, or its addition was refused, but is in"));
      }
    });
  }

  /** Judges an element from the operation on by which it was known. */
  private static void judge(Object element, Operation known, List<Seen> reads, Result found) {
    Operation lastPresent = null;
    Operation lastAbsent = null;
    for (Seen each : reads) {
      if (known.precedes(each.read()) || each.read().equals(known)) {
        if (each.times().containsKey(element)) {
          lastPresent = each.read();
        } else {
          lastAbsent = each.read();
        }
      }
    }
    if (lastAbsent == null) {
      if (lastPresent == null) {
        found.unread().add(element);
      }
    } else if (lastPresent == null || lastPresent.invoked().compareTo(lastAbsent.invoked()) < 0) {
      found.lost().add(new Lost(element, known, lastAbsent));
    } else {
      Duration late = lastAbsent.invoked().minus(known.ended());
      if (late.compareTo(found.tolerated()) > 0) {
        found.stale().add(new Stale(element, known, lastAbsent, late));
      }
    }
  }

  private static Operation earlier(Operation one, Operation other) {
    return one.ended().compareTo(other.ended()) <= 0 ? one : other;
  }

  /** A read whose elements are too many to show. */
  private static Operation withoutElements(Operation read) {
    return read.value() instanceof Collection<?> elements && elements.size() > 10
        ? new Operation(
            read.number(), read.process(), read.kind(), read.key(), null, elements.size() + " elements",
            read.invoked(), read.ended(), read.end(), read.note())
        : read;
  }

  /**
   * A read and how often it saw each element.
   *
   * @param read the read
   * @param times how often by element
   */
  private record Seen(Operation read, Map<Object, Integer> times) {
    static Seen of(Operation read) {
      if (read.value() != null && !(read.value() instanceof Collection)) {
        throw new IllegalArgumentException(
            "a read of a set gives a collection of elements, this one does not: " + read);
      }
      Map<Object, Integer> times = new LinkedHashMap<>();
      if (read.value() instanceof Collection<?> elements) {
        elements.forEach(element -> times.merge(element == null ? "null" : element, 1, Integer::sum));
      }
      return new Seen(read, times);
    }
  }
}
