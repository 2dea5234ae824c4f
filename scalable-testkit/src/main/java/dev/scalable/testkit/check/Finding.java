package dev.scalable.testkit.check;

import dev.scalable.testkit.history.Operation;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a checker found in a history. */
sealed interface Finding
    permits CounterBounds.Result, SetFull.Result, UniqueIds.Result, LostUpdates.Result, SessionGuarantee.Result,
        Linearizability.Result {
  /** How many of a kind are shown: who needs more reads the history. */
  int EXAMPLES = 5;

  /** Returns what it says. */
  Verdict verdict();

  /** Returns what was found, with the operations concerned, for a person; also when all is well. */
  String message();

  /** Operations, one in each line below a heading. */
  static String lines(List<Operation> operations) {
    return operations.stream().map(operation -> "\n    " + operation).collect(Collectors.joining());
  }

  /** The first of several things, and how many more there are. */
  static <T> String examples(List<T> things, Function<T, String> told) {
    return things.stream().limit(EXAMPLES).map(thing -> "\n  " + told.apply(thing)).collect(Collectors.joining())
        + (things.size() > EXAMPLES ? "\n  and " + (things.size() - EXAMPLES) + " more" : "");
  }
}
