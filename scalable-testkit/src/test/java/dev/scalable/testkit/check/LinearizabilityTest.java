package dev.scalable.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.history.History;
import dev.scalable.testkit.history.Operation;
import dev.scalable.testkit.history.Operation.End;
import dev.scalable.testkit.history.Operation.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The search against one that tries every order, and its counterexamples, on seeded random histories. */
class LinearizabilityTest {
  private static final Duration BUDGET = Duration.ofSeconds(60);
  private static final int CASES = 5_000;

  @Test
  void it_says_of_every_small_history_what_trying_all_orders_says() {
    int[] verdicts = new int[2];
    for (int seed = 0; seed < CASES; seed++) {
      boolean counter = seed % 4 == 3;
      History made = random(new Random(seed), counter);
      History history = counter && seed % 8 == 3 ? ofNothingAtFirst(made) : made;
      boolean expected = anyOrder(history.operations(), history.initial("x"));
      Linearizability.Result result = Linearizability.of(history, BUDGET);
      boolean found = result instanceof Linearizability.Valid;
      assertThat(found).as("seed %d: %s%s", seed, history, Finding.lines(history.operations())).isEqualTo(expected);
      verdicts[found ? 1 : 0]++;
    }
    assertThat(verdicts[0]).as("how many have no order").isGreaterThan(CASES / 10);
    assertThat(verdicts[1]).as("how many have one").isGreaterThan(CASES / 10);
  }

  @Test
  void a_counterexample_has_no_order_either_and_none_of_it_can_be_left_out() {
    int shown = 0;
    for (int seed = 0; seed < CASES; seed++) {
      History history = random(new Random(seed), false);
      if (Linearizability.of(history, BUDGET) instanceof Linearizability.Invalid invalid) {
        List<Operation> few = invalid.counterexample();
        assertThat(history.operations()).containsAll(few);
        assertThat(anyOrder(few, history.initial("x"))).as("seed %d: %s", seed, invalid.message()).isFalse();
        for (Operation left : few) {
          List<Operation> less = few.stream().filter(operation -> !operation.equals(left)).toList();
          if (mayBeLeftOut(left, less)) {
            assertThat(anyOrder(less, history.initial("x")))
                .as("seed %d: without %s of %s", seed, left, invalid.message())
                .isTrue();
          }
        }
        shown++;
      }
    }
    assertThat(shown).isGreaterThan(CASES / 10);
  }

  /** To leave out the write of a value that is still read would make up a fault. */
  @Test
  void a_counterexample_explains_every_value_that_the_history_explains() {
    for (int seed = 0; seed < CASES; seed++) {
      History history = random(new Random(seed), false);
      if (Linearizability.of(history, BUDGET) instanceof Linearizability.Invalid invalid) {
        for (Operation read : invalid.counterexample()) {
          if (read.kind() == Kind.READ) {
            assertThat(origins(read.value(), invalid.counterexample()))
                .as("seed %d: %s", seed, invalid.message())
                .containsAll(known(origins(read.value(), history.operations()), read));
          }
        }
      }
    }
  }

  @Test
  void a_long_history_of_a_true_register_is_valid_in_little_time() {
    for (int seed = 0; seed < 5; seed++) {
      History history = ofATrueRegister(new Random(seed), 5_000, 8);
      assertThat(Linearizability.of(history, BUDGET)).isInstanceOf(Linearizability.Valid.class);
    }
  }

  @Test
  void one_stale_read_in_a_long_history_is_found_and_shown_in_few_operations() {
    for (int seed = 0; seed < 5; seed++) {
      History history = withAStaleRead(ofATrueRegister(new Random(seed), 2_000, 8), new Random(seed));
      assertThat(Linearizability.of(history, BUDGET))
          .isInstanceOfSatisfying(Linearizability.Invalid.class, invalid ->
              assertThat(invalid.counterexample()).hasSizeBetween(1, 4));
    }
  }

  /** Up to seven operations of three processes on few values, so that many have an order and many have none. */
  private static History random(Random random, boolean counter) {
    List<Operation> operations = new ArrayList<>();
    long[] clock = new long[3];
    int count = 2 + random.nextInt(6);
    for (int number = 1; number <= count; number++) {
      int process = random.nextInt(clock.length);
      long invoked = clock[process] + 1 + random.nextInt(4);
      long ended = invoked + random.nextInt(8);
      clock[process] = ended;
      int value = random.nextInt(3);
      int chance = random.nextInt(10);
      Kind kind = chance < 5 ? Kind.READ : counter ? Kind.ADD : chance < 8 ? Kind.WRITE : Kind.CAS;
      End end = random.nextInt(5) > 0 ? End.OK : random.nextBoolean() ? End.UNKNOWN : End.FAILED;
      operations.add(new Operation(
          number, "p" + process, kind, "x", kind == Kind.CAS ? random.nextInt(3) : null, value,
          Duration.ofMillis(invoked), Duration.ofMillis(ended), end, ""));
    }
    return History.of(operations, Map.of("x", 0));
  }

  /** The same history of a counter that does not exist while it is zero. */
  private static History ofNothingAtFirst(History history) {
    return History.of(history.operations().stream()
        .map(each -> each.kind() == Kind.READ && Long.valueOf(0).equals(each.value())
            ? new Operation(
                each.number(), each.process(), each.kind(), each.key(), null, null, each.invoked(), each.ended(),
                each.end(), "")
            : each)
        .toList());
  }

  /** Tries every order of every choice of the operations in doubt. */
  private static boolean anyOrder(List<Operation> operations, @Nullable Object state) {
    List<Operation> left = operations.stream().filter(Operation::mayTakeEffect).toList();
    if (left.stream().noneMatch(Operation::ok)) {
      return true;
    }
    for (Operation next : left) {
      boolean first = left.stream().noneMatch(other -> other.precedes(next));
      if (first && allows(next, state)) {
        List<Operation> rest = left.stream().filter(other -> !other.equals(next)).toList();
        if (anyOrder(rest, applied(next, state))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean allows(Operation operation, @Nullable Object state) {
    return switch (operation.kind()) {
      case READ -> number(operation.value()) == number(state);
      case CAS -> number(operation.expected()) == number(state);
      case WRITE, ADD -> true;
    };
  }

  private static long applied(Operation operation, @Nullable Object state) {
    return switch (operation.kind()) {
      case READ -> number(state);
      case WRITE, CAS -> number(operation.value());
      case ADD -> number(state) + number(operation.value());
    };
  }

  /** All values here are whole numbers, and nothing is none but where it stands for zero. */
  private static long number(@Nullable Object value) {
    return value == null ? 0 : (Long) value;
  }

  private static boolean mayBeLeftOut(Operation operation, List<Operation> others) {
    return operation.kind() == Kind.READ || others.stream().noneMatch(other ->
        (other.kind() == Kind.READ && operation.value() != null && operation.value().equals(other.value()))
            || (other.kind() == Kind.CAS && operation.value() != null && operation.value().equals(other.expected())));
  }

  private static List<Operation> origins(@Nullable Object value, List<Operation> operations) {
    return operations.stream()
        .filter(operation -> operation.kind() == Kind.WRITE && operation.mayTakeEffect())
        .filter(operation -> value != null && value.equals(operation.value()))
        .toList();
  }

  private static List<Operation> known(List<Operation> origins, Operation read) {
    return origins.stream().filter(origin -> origin.invoked().compareTo(read.ended()) <= 0).toList();
  }

  /** Operations of several processes that take effect at a moment within them, some of them in doubt. */
  private static History ofATrueRegister(Random random, int count, int processes) {
    record Planned(int process, long invoked, long effect, long ended) {}
    List<Planned> planned = new ArrayList<>();
    long[] clock = new long[processes];
    for (int i = 0; i < count; i++) {
      int process = random.nextInt(processes);
      long invoked = clock[process] + 1 + random.nextInt(50);
      long effect = invoked + 1 + random.nextInt(100);
      long ended = effect + 1 + random.nextInt(100);
      clock[process] = ended;
      planned.add(new Planned(process, invoked, effect, ended));
    }
    planned.sort(Comparator.comparingLong(Planned::effect));
    List<Operation> operations = new ArrayList<>();
    long state = 0;
    for (int i = 0; i < planned.size(); i++) {
      Planned plan = planned.get(i);
      boolean write = random.nextInt(3) == 0;
      End end = write && random.nextInt(20) == 0 ? End.UNKNOWN : End.OK;
      state = write && (end == End.OK || random.nextBoolean()) ? i + 1 : state;
      operations.add(new Operation(
          i + 1, "p" + plan.process(), write ? Kind.WRITE : Kind.READ, "x", null, write ? i + 1 : state,
          Duration.ofMillis(plan.invoked()), Duration.ofMillis(plan.ended()), end, ""));
    }
    return History.of(operations, Map.of("x", 0));
  }

  /** Has a late read see an early value. */
  private static History withAStaleRead(History history, Random random) {
    List<Operation> operations = new ArrayList<>(history.operations());
    int place = operations.size() / 2 + random.nextInt(operations.size() / 2);
    while (operations.get(place).kind() != Kind.READ) {
      place--;
    }
    Operation read = operations.get(place);
    operations.set(place, new Operation(
        read.number(), read.process(), read.kind(), read.key(), null, 0, read.invoked(), read.ended(), End.OK, ""));
    Map<String, Object> initial = new HashMap<>();
    initial.put("x", 0);
    return History.of(operations, initial);
  }
}
