package dev.scalable.testkit.check;

import static dev.scalable.testkit.history.Operation.Kind.CAS;
import static dev.scalable.testkit.history.Operation.Kind.READ;
import static dev.scalable.testkit.history.Operation.Kind.WRITE;

import dev.scalable.testkit.history.History;
import dev.scalable.testkit.history.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lost updates (P4 of Berenson et al., "A Critique of ANSI SQL Isolation Levels", 1995): two acknowledged updates that
 * were made from the same version, so that one of them was overwritten unseen.
 *
 * <p>An update is a CAS, made from what it expected, or a write, made from what its process last read or wrote under
 * that key. A value may come back, so it may be the ground of as many updates as times it may have been set.
 */
final class LostUpdates {
  private LostUpdates() {}

  /**
   * Updates of which at least one is lost.
   *
   * @param from the value that all of them were made from
   * @param set how often it may have been set
   * @param updates the updates, more than that
   */
  record Lost(@Nullable Object from, long set, List<Operation> updates) {
    @Override
    public String toString() {
      return updates.size() + " acknowledged updates were made from " + updates.get(0).key() + " = " + from
          + ", which was there " + (set == 1 ? "once" : "at most " + set + " times") + ":" + Finding.lines(updates);
    }
  }

  /**
   * What was found.
   *
   * @param updates how many acknowledged updates there were
   * @param lost the groups of those of which some are lost
   */
  record Result(int updates, List<Lost> lost) implements Finding {
    @Override
    public Verdict verdict() {
      return updates > 0 && lost.isEmpty() ? Verdict.PASS : Verdict.FAIL;
    }

    @Override
    public String message() {
      return updates == 0
          ? "no acknowledged update: a CAS, or a write after a read of the same process"
          : "at least " + lost.stream().mapToLong(group -> group.updates().size() - group.set()).sum() + " of "
              + updates + " acknowledged updates are lost" + Finding.examples(lost, Lost::toString);
    }
  }

  /** A version that updates were made from: null is the version of a key that does not exist. */
  private record Version(@Nullable Object value) {}

  static Result of(History history) {
    int updates = 0;
    List<Lost> lost = new ArrayList<>();
    for (String key : history.keys()) {
      List<Operation> operations = history.of(key).operations();
      Map<Version, List<Operation>> byGround = byGround(operations);
      for (Map.Entry<Version, List<Operation>> ground : byGround.entrySet()) {
        updates += ground.getValue().size();
        long set = timesSet(ground.getKey().value(), operations, history.initial(key));
        if (ground.getValue().size() > Math.max(1, set)) {
          lost.add(new Lost(ground.getKey().value(), Math.max(1, set), ground.getValue()));
        }
      }
    }
    return new Result(updates, lost);
  }

  private static Map<Version, List<Operation>> byGround(List<Operation> operations) {
    Map<Version, List<Operation>> byGround = new HashMap<>();
    Map<String, Version> known = new HashMap<>();
    for (Operation operation : operations) {
      Version ground = operation.kind() == CAS ? new Version(operation.expected()) : known.get(operation.process());
      boolean sets = operation.kind() == WRITE || operation.kind() == CAS;
      if (sets && operation.ok() && ground != null && !Objects.equals(ground.value(), operation.value())) {
        byGround.computeIfAbsent(ground, version -> new ArrayList<>()).add(operation);
      }
      if ((sets || operation.kind() == READ) && operation.ok()) {
        known.put(operation.process(), new Version(operation.value()));
      } else if (sets && operation.mayTakeEffect()) {
        known.remove(operation.process()); // in doubt: what it makes its next update from is not known
      }
    }
    return byGround;
  }

  private static long timesSet(@Nullable Object value, List<Operation> operations, @Nullable Object initial) {
    return (Objects.equals(value, initial) ? 1 : 0)
        + operations.stream()
            .filter(operation -> operation.kind() == WRITE || operation.kind() == CAS)
            .filter(Operation::mayTakeEffect)
            .filter(operation -> Objects.equals(operation.value(), value))
            .count();
  }
}
