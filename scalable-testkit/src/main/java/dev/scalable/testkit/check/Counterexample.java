package dev.scalable.testkit.check;

import static dev.scalable.testkit.history.Operation.Kind.CAS;
import static dev.scalable.testkit.history.Operation.Kind.READ;

import dev.scalable.testkit.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a history without an order small enough to read. Only operations that cannot be the reason for an order are
 * left out, so that what remains is a fault by itself: any read, and a write or CAS whose value no other operation saw
 * or expected. To leave out the write of a value that is still read would make up a fault that was not there.
 */
final class Counterexample {
  private static final int MOST_READS_TRIED_ALONE = 500;

  private final Datatype type;
  private final @Nullable Object initial;
  private final long deadline;

  private Counterexample(Datatype type, @Nullable Object initial, long deadline) {
    this.type = type;
    this.initial = initial;
    this.deadline = deadline;
  }

  /**
   * Returns a part of the operations that has no order either and of which none can be left out, or the smallest one
   * found until the deadline, by the time of invocation.
   *
   * @param operations operations on one key that have no order
   * @param stuck the one that no search got past
   */
  static List<Operation> shrink(
      Datatype type, List<Operation> operations, @Nullable Object initial, Operation stuck, long deadline) {
    Counterexample search = new Counterexample(type, initial, deadline);
    List<Operation> small = search.oneReadAlone(upTo(stuck, operations));
    List<Operation> fromTheEnd = search.reduced(small, true);
    List<Operation> fromTheBeginning = search.reduced(small, false);
    List<Operation> smallest = fromTheEnd.size() <= fromTheBeginning.size() ? fromTheEnd : fromTheBeginning;
    Set<Integer> numbers = smallest.stream().map(Operation::number).collect(Collectors.toSet());
    // What ended later counts as it ended again, so that once more something may be left out.
    return search.reduced(
        operations.stream().filter(operation -> numbers.contains(operation.number())).toList(), true);
  }

  /** The history as it was known when an operation ended: what had not ended then was in doubt. */
  private static List<Operation> upTo(Operation last, List<Operation> operations) {
    List<Operation> known = new ArrayList<>();
    for (Operation operation : operations) {
      boolean ended = operation.ended().compareTo(last.ended()) <= 0;
      if (ended || (operation.kind() != READ && operation.invoked().compareTo(last.ended()) <= 0)) {
        known.add(ended ? operation : inDoubt(operation));
      }
    }
    return known;
  }

  private static Operation inDoubt(Operation operation) {
    return new Operation(
        operation.number(), operation.process(), operation.kind(), operation.key(), operation.expected(),
        operation.value(), operation.invoked(), operation.ended(), Operation.End.UNKNOWN, "");
  }

  private boolean orderless(List<Operation> operations) {
    return RegisterSearch.search(type, operations, initial, deadline) instanceof RegisterSearch.Answer.None;
  }

  /** All writes and the first read that has no place among them; everything, if it takes more than one read. */
  private List<Operation> oneReadAlone(List<Operation> operations) {
    List<Operation> reads = operations.stream().filter(operation -> operation.kind() == READ).toList();
    for (Operation read : reads.subList(0, Math.min(reads.size(), MOST_READS_TRIED_ALONE))) {
      List<Operation> alone = operations.stream()
          .filter(operation -> operation.kind() != READ || operation.equals(read))
          .toList();
      if (orderless(alone)) {
        return alone;
      }
    }
    return operations;
  }

  /** Leaves out halves, quarters and so on, and at last single operations, until none can be left out. */
  private List<Operation> reduced(List<Operation> operations, boolean fromTheEnd) {
    List<Operation> kept = new ArrayList<>(operations);
    Comparator<Operation> order = Comparator.comparing(Operation::invoked).thenComparingInt(Operation::number);
    kept.sort(fromTheEnd ? order.reversed() : order);
    int chunk = Math.max(1, kept.size() / 2);
    boolean again = true;
    while (again && System.nanoTime() - deadline < 0) {
      again = chunk > 1;
      for (int from = 0; from < kept.size(); ) {
        List<Operation> less = without(kept, from, Math.min(kept.size(), from + chunk));
        if (less.size() < kept.size() && orderless(less)) {
          kept = less;
          again = true;
        } else {
          from += chunk;
        }
      }
      chunk = Math.max(1, chunk / 2);
    }
    kept.sort(order);
    return List.copyOf(kept);
  }

  /** Leaves out of a range what may be left out. */
  private List<Operation> without(List<Operation> operations, int from, int to) {
    List<Operation> out = operations.subList(from, to);
    List<Operation> less = new ArrayList<>(operations);
    less.removeAll(Set.copyOf(out.stream().filter(operation -> operation.kind() == READ).toList()));
    Set<Operation> unseen = new HashSet<>();
    for (Operation operation : out) {
      boolean mayGo = operation.kind() != READ && type == Datatype.REGISTER;
      if (mayGo && less.stream().noneMatch(other -> sees(other, operation))) {
        unseen.add(operation);
      }
    }
    less.removeAll(unseen);
    return less;
  }

  private static boolean sees(Operation other, Operation operation) {
    return !other.equals(operation)
        && ((other.kind() == READ && Objects.equals(other.value(), operation.value()))
            || (other.kind() == CAS && Objects.equals(other.expected(), operation.value())));
  }
}
