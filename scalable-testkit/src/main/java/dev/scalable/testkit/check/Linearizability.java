package dev.scalable.testkit.check;

import static dev.scalable.testkit.history.Operation.Kind.ADD;
import static dev.scalable.testkit.history.Operation.Kind.CAS;
import static dev.scalable.testkit.history.Operation.Kind.READ;

import dev.scalable.testkit.history.History;
import dev.scalable.testkit.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Linearizability of every key by itself, which is that of the whole (locality: Herlihy and Wing, "Linearizability: A
 * Correctness Condition for Concurrent Objects", 1990): every operation seems to take effect at one moment between its
 * invocation and its end.
 */
final class Linearizability {
  private Linearizability() {}

  /** What was found. */
  sealed interface Result extends Finding {}

  /**
   * There is an order for every key.
   *
   * @param operations how many were put in order
   * @param keys on how many keys
   */
  record Valid(int operations, int keys) implements Result {
    @Override
    public Verdict verdict() {
      return operations > 0 ? Verdict.PASS : Verdict.FAIL;
    }

    @Override
    public String message() {
      return operations == 0 ? "there is no operation that ended well" : operations + " operations have an order";
    }
  }

  /**
   * There is no order for a key.
   *
   * @param key the key
   * @param initial what it held before
   * @param counterexample as few of its operations as were found that have no order either; none can be left out
   * @param of how many operations on the key there were
   */
  record Invalid(String key, @Nullable Object initial, List<Operation> counterexample, int of) implements Result {
    @Override
    public Verdict verdict() {
      return Verdict.FAIL;
    }

    @Override
    public String message() {
      return "no order explains the operations on " + key + ", which was " + initial + " before; of " + of + " these "
          + counterexample.size() + " are enough to see it:" + Finding.lines(counterexample);
    }
  }

  /**
   * The search did not end.
   *
   * @param key the first key for which it did not
   * @param why what was used up
   */
  record Unknown(String key, String why) implements Result {
    @Override
    public Verdict verdict() {
      return Verdict.INCONCLUSIVE;
    }

    @Override
    public String message() {
      return "whether the operations on " + key + " have an order was not found out: " + why
          + "; give more time, or record fewer operations for each key or fewer at once";
    }
  }

  /** Judges each key with an equal share of the time that is left; a broken key wins over one not found out. */
  static Result of(History history, Duration budget) {
    long deadline = System.nanoTime() + budget.toNanos();
    int operations = 0;
    int keysLeft = history.keys().size();
    Unknown unknown = null;
    for (String key : history.keys()) {
      List<Operation> all = history.of(key).operations();
      Datatype type = Datatype.of(all);
      @Nullable Object initial = type.normal(history.initial(key));
      List<Operation> judged = judged(type, all);
      operations += (int) judged.stream().filter(Operation::ok).count();
      long now = System.nanoTime();
      RegisterSearch.Answer answer =
          RegisterSearch.search(type, judged, initial, now + Math.max(0, deadline - now) / keysLeft--);
      if (answer instanceof RegisterSearch.Answer.None none) {
        // What is proven is worth some time more, to say it in few words.
        long last = Math.max(deadline, System.nanoTime() + Math.min(budget.toNanos(), 2_000_000_000L));
        List<Operation> few = Counterexample.shrink(type, judged, initial, none.stuck(), last);
        return new Invalid(key, initial, few, judged.size());
      }
      if (answer instanceof RegisterSearch.Answer.GivenUp given && unknown == null) {
        unknown = new Unknown(key, given.why());
      }
    }
    return unknown != null ? unknown : new Valid(operations, history.keys().size());
  }

  /**
   * Leaves out what says nothing: what failed, reads in doubt, and writes in doubt of values that nothing saw. The last
   * are many in a run with faults, and each would double the search; an order that has one stays an order without it.
   */
  private static List<Operation> judged(Datatype type, List<Operation> operations) {
    requireRegister(operations);
    Set<@Nullable Object> seen = new HashSet<>();
    for (Operation operation : operations) {
      if (operation.kind() == READ && operation.ok()) {
        seen.add(operation.value());
      } else if (operation.kind() == CAS) {
        seen.add(operation.expected());
      }
    }
    List<Operation> judged = new ArrayList<>();
    for (Operation operation : operations) {
      boolean inDoubt = operation.mayTakeEffect() && !operation.ok();
      boolean mayMatter = operation.kind() != READ && (type == Datatype.COUNTER || seen.contains(operation.value()));
      if (operation.ok() || (inDoubt && mayMatter)) {
        judged.add(operation);
      }
    }
    return judged;
  }

  private static void requireRegister(List<Operation> operations) {
    for (Operation operation : operations) {
      if (operation.kind() == ADD && !(operation.value() instanceof Long)) {
        throw new IllegalArgumentException(
            "linearizability is judged of registers and counters, and this adds to a set: " + operation
                + "; judge sets by setComplete()");
      }
    }
  }
}
