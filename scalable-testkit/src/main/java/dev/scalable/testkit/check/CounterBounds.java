package dev.scalable.testkit.check;

import static dev.scalable.testkit.history.Operation.Kind.ADD;
import static dev.scalable.testkit.history.Operation.Kind.READ;

import dev.scalable.testkit.history.History;
import dev.scalable.testkit.history.Operation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The counter check of Jepsen: a read of a counter is at least the sum of what was acknowledged before it began, and at
 * most the sum of what was attempted before it ended. Amounts below zero count the other way round.
 */
final class CounterBounds {
  private CounterBounds() {}

  /**
   * A read that no order of the additions explains.
   *
   * @param read the read
   * @param least the least that it could have seen
   * @param most the most
   */
  record OutOfBounds(Operation read, long least, long most) {
    @Override
    public String toString() {
      Object seen = read.value();
      return read + ": possible is " + least + " to " + most
          + (seen instanceof Long value
              ? value < least
                  ? ", so " + (least - value) + " of what was acknowledged before it began is missing"
                  : ", so " + (value - most) + " more than was attempted before it ended is there"
              : ", and this is no whole number");
    }
  }

  /**
   * What was found.
   *
   * @param reads how many reads of counters there were
   * @param outOfBounds those that cannot be
   */
  record Result(int reads, List<OutOfBounds> outOfBounds) implements Finding {
    @Override
    public Verdict verdict() {
      return reads > 0 && outOfBounds.isEmpty() ? Verdict.PASS : Verdict.FAIL;
    }

    @Override
    public String message() {
      return reads == 0
          ? "no read of a counter that ended well: read the counter, at least once after all additions"
          : outOfBounds.size() + " of " + reads + " reads of counters are out of bounds"
              + Finding.examples(outOfBounds, OutOfBounds::toString);
    }
  }

  static Result of(History history) {
    int reads = 0;
    List<OutOfBounds> wrong = new ArrayList<>();
    for (String key : history.keys()) {
      List<Operation> operations = history.of(key).operations();
      List<Operation> additions = operations.stream().filter(CounterBounds::mayCount).toList();
      if (additions.isEmpty() && !(history.initial(key) instanceof Long)) {
        continue;
      }
      long initial = history.initial(key) instanceof Long start ? start : 0;
      for (Operation read : operations) {
        if (read.kind() == READ && read.ok()) {
          reads++;
          add(wrong, judged(read, initial, additions));
        }
      }
    }
    return new Result(reads, wrong);
  }

  private static boolean mayCount(Operation operation) {
    return operation.kind() == ADD && operation.mayTakeEffect() && operation.value() instanceof Long;
  }

  private static @Nullable OutOfBounds judged(Operation read, long initial, List<Operation> additions) {
    long least = initial;
    long most = initial;
    for (Operation addition : additions) {
      long amount = addition.value() instanceof Long value ? value : 0;
      boolean certain = addition.precedes(read);
      boolean possible = addition.invoked().compareTo(read.ended()) <= 0;
      least += (amount > 0 ? certain : possible) ? amount : 0;
      most += (amount > 0 ? possible : certain) ? amount : 0;
    }
    // A counter that nobody has added to may not exist yet.
    Object seen = read.value() == null ? Long.valueOf(0) : read.value();
    return seen instanceof Long value && value >= least && value <= most ? null : new OutOfBounds(read, least, most);
  }

  private static void add(List<OutOfBounds> wrong, @Nullable OutOfBounds found) {
    if (found != null) {
      wrong.add(found);
    }
  }
}
