package dev.scalable.testkit.check;

import dev.scalable.testkit.history.History;
import dev.scalable.testkit.history.Operation;
import dev.scalable.testkit.history.Operation.End;
import dev.scalable.testkit.history.Operation.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes histories by hand, on one key: process, what it did, and from which to which millisecond. */
final class Histories {
  private final List<Operation> operations = new ArrayList<>();
  private final Map<String, @Nullable Object> initial = new HashMap<>();
  private String key = "x";

  static Histories with() {
    return new Histories();
  }

  Histories initially(@Nullable Object value) {
    initial.put(key, value);
    return this;
  }

  /** What follows is about another key. */
  Histories key(String other) {
    this.key = other;
    return this;
  }

  Histories read(String process, @Nullable Object value, int from, int to) {
    return add(Kind.READ, process, null, value, from, to, End.OK);
  }

  Histories write(String process, @Nullable Object value, int from, int to) {
    return add(Kind.WRITE, process, null, value, from, to, End.OK);
  }

  Histories add(String process, @Nullable Object value, int from, int to) {
    return add(Kind.ADD, process, null, value, from, to, End.OK);
  }

  Histories cas(String process, @Nullable Object expected, @Nullable Object value, int from, int to) {
    return add(Kind.CAS, process, expected, value, from, to, End.OK);
  }

  /** The last operation ended otherwise. */
  Histories but(End end) {
    Operation last = operations.removeLast();
    return add(
        last.kind(), last.process(), last.expected(), last.value(),
        (int) last.invoked().toMillis(), (int) last.ended().toMillis(), end);
  }

  History history() {
    return History.of(operations, initial);
  }

  private Histories add(
      Kind kind, String process, @Nullable Object expected, @Nullable Object value, int from, int to, End end) {
    operations.add(new Operation(
        operations.size() + 1, process, kind, key, expected, value,
        Duration.ofMillis(from), Duration.ofMillis(to), end, ""));
    return this;
  }
}
