package dev.scalable.testkit.history;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What concurrent processes did to data and saw of it: the material of a consistency check. Immutable.
 *
 * <p>A {@link Recorder} makes one; it can also be put together by hand from operations that something else recorded.
 */
public final class History {
  private final List<Operation> operations;
  private final Map<String, @Nullable Object> initial;

  private History(List<Operation> operations, Map<String, @Nullable Object> initial) {
    this.operations = operations;
    this.initial = initial;
  }

  /** Returns the history of these operations in any order, on data that did not exist before. */
  public static History of(Collection<Operation> operations) {
    return of(operations, Map.of());
  }

  /**
   * Returns the history of these operations in any order.
   *
   * @param initial what each key held before the first of them; a key that is not there did not exist
   */
  public static History of(Collection<Operation> operations, Map<String, ? extends @Nullable Object> initial) {
    var normal = new HashMap<String, @Nullable Object>();
    initial.forEach((key, value) -> normal.put(key, Operation.normal(value)));
    return new History(
        operations.stream()
            .sorted(Comparator.comparing(Operation::invoked).thenComparingInt(Operation::number))
            .toList(),
        Collections.unmodifiableMap(normal));
  }

  /** Returns all operations in the order of their invocation. */
  public List<Operation> operations() {
    return operations;
  }

  /** Returns what a key held before the first operation; null if it did not exist. */
  public @Nullable Object initial(String key) {
    return initial.get(key);
  }

  /** Returns the keys that operations were invoked on, in the order of their first. */
  public Set<String> keys() {
    return operations.stream().map(Operation::key).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Returns the part of this history that is about one key. */
  public History of(String key) {
    return new History(operations.stream().filter(operation -> operation.key().equals(key)).toList(), initial);
  }

  /** Returns a line: how many operations of how many processes on how many keys, and how they ended. */
  @Override
  public String toString() {
    Duration last = operations.stream().map(Operation::ended).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
    return String.format(
        Locale.ROOT, "history of %d operations by %d processes on %d keys in %.3f s: %d ok, %d failed, %d in doubt",
        operations.size(), operations.stream().map(Operation::process).distinct().count(), keys().size(),
        last.toNanos() / 1e9, count(Operation.End.OK), count(Operation.End.FAILED), count(Operation.End.UNKNOWN));
  }

  private long count(Operation.End end) {
    return operations.stream().filter(operation -> operation.end() == end).count();
  }
}
