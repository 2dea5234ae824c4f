package dev.scalable.testkit.check;

import static dev.scalable.testkit.history.Operation.Kind.ADD;

import dev.scalable.testkit.history.History;
import dev.scalable.testkit.history.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The unique-ids check of Jepsen: no two acknowledged additions under one key got the same element. */
final class UniqueIds {
  private UniqueIds() {}

  /**
   * What was found.
   *
   * @param acknowledged how many additions were acknowledged with an element
   * @param shared the additions that got the same element, by element
   */
  record Result(int acknowledged, List<List<Operation>> shared) implements Finding {
    @Override
    public Verdict verdict() {
      return acknowledged > 0 && shared.isEmpty() ? Verdict.PASS : Verdict.FAIL;
    }

    @Override
    public String message() {
      return acknowledged == 0
          ? "no addition was acknowledged with its id: end additions with ok(id)"
          : shared.size() + " ids were given more than once, of " + acknowledged + " acknowledged"
              + Finding.examples(
                  shared, same -> same.get(0).value() + " was given " + same.size() + " times:" + Finding.lines(same));
    }
  }

  static Result of(History history) {
    int acknowledged = 0;
    List<List<Operation>> shared = new ArrayList<>();
    for (String key : history.keys()) {
      Map<Object, List<Operation>> byId = new HashMap<>();
      for (Operation operation : history.of(key).operations()) {
        Object id = operation.value();
        if (operation.kind() == ADD && operation.ok() && id != null) {
          acknowledged++;
          byId.computeIfAbsent(id, same -> new ArrayList<>()).add(operation);
        }
      }
      byId.values().stream().filter(same -> same.size() > 1).forEach(shared::add);
    }
    return new Result(acknowledged, shared);
  }
}
