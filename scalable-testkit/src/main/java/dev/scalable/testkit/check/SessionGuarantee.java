package dev.scalable.testkit.check;

import static dev.scalable.testkit.history.Operation.Kind.ADD;
import static dev.scalable.testkit.history.Operation.Kind.CAS;
import static dev.scalable.testkit.history.Operation.Kind.READ;
import static dev.scalable.testkit.history.Operation.Kind.WRITE;

import dev.scalable.testkit.history.History;
import dev.scalable.testkit.history.Operation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Two session guarantees of Terry et al., "Session Guarantees for Weakly Consistent Replicated Data" (1994), for each
 * process and key by itself. Only what is certain counts: a value is older than another if every operation that may
 * have set the one was acknowledged before any that may have set the other was invoked.
 *
 * <p>A set or a counter that was only added to must hold what its process added and must not lose what it saw.
 */
final class SessionGuarantee {
  private final List<Operation> operations;
  private final Map<@Nullable Object, List<Operation>> setters = new HashMap<>();
  private final @Nullable Object initial;
  private final boolean onlyGrows;

  private SessionGuarantee(History one, String key) {
    this.operations = one.operations();
    this.initial = one.initial(key);
    this.onlyGrows = operations.stream().allMatch(
        operation -> operation.kind() == READ
            || (operation.kind() == ADD && !(operation.value() instanceof Long amount && amount < 0)));
    operations.stream()
        .filter(each -> (each.kind() == WRITE || each.kind() == CAS) && each.mayTakeEffect())
        .forEach(each -> setters.computeIfAbsent(each.value(), value -> new ArrayList<>()).add(each));
  }

  /**
   * A read that saw less than its process knew.
   *
   * @param known the operation of the same process that it knew it by
   * @param read the read
   * @param why what is wrong
   */
  record Violation(Operation known, Operation read, String why) {
    @Override
    public String toString() {
      return "process " + read.process() + " " + why + ":" + Finding.lines(List.of(known, read));
    }
  }

  /**
   * What was found.
   *
   * @param name the guarantee
   * @param judged how many pairs of operations of one process could have broken it
   * @param violations those that did
   */
  record Result(String name, int judged, List<Violation> violations) implements Finding {
    @Override
    public Verdict verdict() {
      return judged > 0 && violations.isEmpty() ? Verdict.PASS : Verdict.FAIL;
    }

    @Override
    public String message() {
      return judged == 0
          ? "nothing to judge " + name + " by: no process did both operations on one key, and well"
          : violations.size() + " violations of " + name + Finding.examples(violations, Violation::toString);
    }
  }

  static Result readYourWrites(History history) {
    return judge("read your writes", history, (guarantee, process, violations) -> {
      int judged = 0;
      for (int i = 0; i < process.size(); i++) {
        Operation read = process.get(i);
        if (read.kind() == READ && read.ok()) {
          Operation last = lastWrite(process.subList(0, i));
          judged += last == null ? 0 : 1;
          String why = last == null ? null : guarantee.misses(process.subList(0, i), last, read);
          if (last != null && why != null) {
            violations.add(new Violation(last, read, why));
          }
        }
      }
      return judged;
    });
  }

  static Result monotonicReads(History history) {
    return judge("monotonic reads", history, (guarantee, process, violations) -> {
      List<Operation> reads = process.stream().filter(each -> each.kind() == READ && each.ok()).toList();
      for (int i = 1; i < reads.size(); i++) {
        String why = guarantee.goesBack(reads.subList(0, i), reads.get(i));
        if (why != null) {
          violations.add(new Violation(reads.get(i - 1), reads.get(i), why));
        }
      }
      return Math.max(0, reads.size() - 1);
    });
  }

  /** Judges the operations of one process on one key; returns how many pairs it judged. */
  private interface Judge {
    int judge(SessionGuarantee guarantee, List<Operation> process, List<Violation> violations);
  }

  private static Result judge(String name, History history, Judge judge) {
    int judged = 0;
    List<Violation> violations = new ArrayList<>();
    for (String key : history.keys()) {
      SessionGuarantee guarantee = new SessionGuarantee(history.of(key), key);
      Set<String> processes =
          guarantee.operations.stream().map(Operation::process).collect(Collectors.toCollection(LinkedHashSet::new));
      for (String process : processes) {
        judged += judge.judge(
            guarantee, guarantee.operations.stream().filter(each -> each.process().equals(process)).toList(),
            violations);
      }
    }
    return new Result(name, judged, violations);
  }

  private static @Nullable Operation lastWrite(List<Operation> process) {
    Operation last = null;
    for (Operation operation : process) {
      last = operation.kind() != READ && operation.ok() ? operation : last;
    }
    return last;
  }

  /** Why a read does not see what its process has written; null if it may well. */
  private @Nullable String misses(List<Operation> before, Operation last, Operation read) {
    if (last.kind() != ADD) {
      return !Objects.equals(read.value(), last.value()) && certainlyOlder(read.value(), List.of(last))
          ? "wrote " + last.value() + " and then read an older value, " + read.value()
          : null;
    }
    if (!onlyGrows) {
      return null;
    }
    List<Operation> own = before.stream().filter(each -> each.kind() == ADD && each.ok()).toList();
    if (read.value() instanceof Collection<?> seen) {
      List<@Nullable Object> missing = own.stream().<@Nullable Object>map(Operation::value)
          .filter(element -> element != null && !seen.contains(element)).toList();
      return missing.isEmpty() ? null : "added " + missing + " and then did not see it";
    }
    long sum = (initial instanceof Long start ? start : 0) + own.stream().mapToLong(SessionGuarantee::amount).sum();
    return read.value() instanceof Long seen && seen < sum
        ? "had seen its additions bring the counter to at least " + sum + " and then read " + seen
        : null;
  }

  /** Why a read sees less than those before it; null if it may well see no less. */
  private @Nullable String goesBack(List<Operation> before, Operation read) {
    Operation last = before.get(before.size() - 1);
    if (onlyGrows && last.value() instanceof Collection<?> saw) {
      Set<@Nullable Object> gone = new HashSet<>(saw);
      gone.removeAll(read.value() instanceof Collection<?> seen ? Set.copyOf(seen) : Set.of());
      return gone.isEmpty() ? null : "saw " + gone + " and then no more";
    }
    if (onlyGrows && last.value() instanceof Long saw && operations.stream().anyMatch(each -> each.kind() == ADD)) {
      return read.value() instanceof Long seen && seen < saw ? "read " + saw + " and then less, " + seen : null;
    }
    if (Objects.equals(last.value(), read.value())) {
      return null;
    }
    if (!isInitial(last.value()) && certainlyOlder(read.value(), setters(last.value()))) {
      return "read " + last.value() + " and then an older value, " + read.value();
    }
    boolean sawItBefore = before.stream().anyMatch(each -> Objects.equals(each.value(), read.value()));
    int timesSet = setters(read.value()).size() + (isInitial(read.value()) ? 1 : 0);
    return sawItBefore && timesSet == 1
        ? "read " + read.value() + ", then " + last.value() + ", and then " + read.value() + " again, set only once"
        : null;
  }

  /** Whether whatever may have set a value was over before each of these was invoked. */
  private boolean certainlyOlder(@Nullable Object value, List<Operation> newer) {
    List<Operation> setters = setters(value);
    return !newer.isEmpty()
        && (isInitial(value) || !setters.isEmpty())
        && setters.stream().allMatch(old -> newer.stream().allMatch(old::precedes));
  }

  private boolean isInitial(@Nullable Object value) {
    return Objects.equals(value, initial);
  }

  private List<Operation> setters(@Nullable Object value) {
    return setters.getOrDefault(value, List.of());
  }

  private static long amount(Operation addition) {
    return addition.value() instanceof Long amount ? amount : 0;
  }
}
