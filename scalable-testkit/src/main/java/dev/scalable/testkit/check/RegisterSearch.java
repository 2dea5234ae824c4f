package dev.scalable.testkit.check;

import dev.scalable.testkit.history.Operation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Searches for an order of the operations on one register or counter that respects time and explains every answer: the
 * algorithm of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993) with the memory of visited
 * configurations by Lowe ("Testing for Linearizability", 2017).
 *
 * <p>The history is a list of calls and returns in the order of time. The search takes a call that stands before the
 * first return, applies it and lifts it and its return from the list; at a return it must go back, since an operation
 * that has ended can no longer be taken later. An operation in doubt has a call and no return: it may be taken at any
 * later time, or never.
 */
final class RegisterSearch {
  private static final int BYTES_OF_A_CONFIGURATION = 120;
  private static final int STEPS_BETWEEN_LOOKS_AT_THE_CLOCK = 1 << 10;

  private final Datatype type;
  private final Event head = new Event(null, -1, false);
  private final Deque<Taken> taken = new ArrayDeque<>();
  private final Set<Configuration> visited = new HashSet<>();
  private final long deadline;
  private final long mostConfigurations;
  private final long[] linearized;
  private @Nullable Object state;
  private int unexplained;
  private @Nullable Operation stuck;

  private RegisterSearch(Datatype type, List<Operation> operations, @Nullable Object initial, long deadline) {
    this.type = type;
    this.deadline = deadline;
    this.state = type.normal(initial);
    this.linearized = new long[(operations.size() + 63) / 64];
    this.mostConfigurations =
        Runtime.getRuntime().maxMemory() / 4 / (BYTES_OF_A_CONFIGURATION + 8L * linearized.length);
    list(operations);
  }

  /** How a search ended. */
  sealed interface Answer {
    /** There is such an order. */
    record Found() implements Answer {}

    /**
     * There is none.
     *
     * @param stuck the operation whose return no search got past: the history up to there has no such order already
     */
    record None(Operation stuck) implements Answer {}

    /**
     * The search was given up.
     *
     * @param why what it had used up
     */
    record GivenUp(String why) implements Answer {}
  }

  /**
   * Searches until it knows, or until the deadline by {@link System#nanoTime()}.
   *
   * @param type what the whole history takes the key for; of a part of it that need not be seen
   * @param operations on one key, without such that failed and without reads in doubt
   * @param initial what the key held before
   */
  static Answer search(Datatype type, List<Operation> operations, @Nullable Object initial, long deadline) {
    return new RegisterSearch(type, operations, initial, deadline).search();
  }

  private Answer search() {
    Event event = head.after;
    for (int steps = 1; unexplained > 0; steps++) {
      if (steps % STEPS_BETWEEN_LOOKS_AT_THE_CLOCK == 0) {
        if (System.nanoTime() - deadline > 0) {
          return new Answer.GivenUp("the time was over after " + visited.size() + " configurations");
        }
        if (visited.size() > mostConfigurations) {
          return new Answer.GivenUp("the memory was full after " + visited.size() + " configurations");
        }
      }
      if (event.isCall()) {
        event = take(event) ? head.after : event.after;
      } else {
        noteStuck(event);
        if (taken.isEmpty()) {
          return new Answer.None(Objects.requireNonNull(stuck));
        }
        event = giveBack().after;
      }
    }
    return new Answer.Found();
  }

  /** Takes an operation as the next one, if its answer allows that and it leads to a configuration not seen before. */
  private boolean take(Event call) {
    Operation operation = call.operation();
    if (!type.allows(operation, state)) {
      return false;
    }
    Object before = state;
    flip(call.index);
    Object after = type.applied(operation, state);
    if (!visited.add(new Configuration(linearized.clone(), after))) {
      flip(call.index);
      return false;
    }
    state = after;
    taken.push(new Taken(call, before));
    call.lift();
    if (call.partner != null) {
      call.partner.lift();
      unexplained--;
    }
    return true;
  }

  private Event giveBack() {
    Taken last = taken.pop();
    if (last.call().partner != null) {
      last.call().partner.putBack();
      unexplained++;
    }
    last.call().putBack();
    flip(last.call().index);
    state = last.before();
    return last.call();
  }

  /** Returns are met in the order of time, so the latest one met is the furthest that any search got. */
  private void noteStuck(Event event) {
    if (event != head && (stuck == null || event.operation().ended().compareTo(stuck.ended()) > 0)) {
      stuck = event.operation();
    }
  }

  private void flip(int index) {
    linearized[index >> 6] ^= 1L << index;
  }

  /** Makes the list; at one and the same time a call comes first, since operations that touch are concurrent. */
  private void list(List<Operation> operations) {
    List<Event> events = new ArrayList<>();
    for (int index = 0; index < operations.size(); index++) {
      Operation operation = operations.get(index);
      Event call = new Event(operation, index, false);
      events.add(call);
      if (operation.ok()) {
        call.partner = new Event(operation, index, true);
        events.add(call.partner);
        unexplained++;
      }
    }
    events.sort(Comparator.comparing((Event event) -> event.time()).thenComparing(event -> event.returns));
    for (Event event : events) {
      event.before = head.before;
      event.after = head;
      event.putBack();
    }
  }

  /** A call or a return in the list, which goes round: its head, which is neither, stands for the end. */
  private static final class Event {
    final @Nullable Operation operation;
    final int index;
    final boolean returns;
    @Nullable Event partner;
    Event before = this;
    Event after = this;

    Event(@Nullable Operation operation, int index, boolean returns) {
      this.operation = operation;
      this.index = index;
      this.returns = returns;
    }

    boolean isCall() {
      return operation != null && !returns;
    }

    Operation operation() {
      return Objects.requireNonNull(operation);
    }

    Duration time() {
      return returns ? operation().ended() : operation().invoked();
    }

    void lift() {
      before.after = after;
      after.before = before;
    }

    void putBack() {
      before.after = this;
      after.before = this;
    }
  }

  /**
   * A step that can be taken back.
   *
   * @param call what was taken
   * @param before the state before it
   */
  private record Taken(Event call, @Nullable Object before) {}

  /** Which operations were taken, in whatever order, and the state after them: what follows depends on nothing else. */
  private static final class Configuration {
    private final long[] linearized;
    private final @Nullable Object state;
    private final int hash;

    Configuration(long[] linearized, @Nullable Object state) {
      this.linearized = linearized;
      this.state = state;
      this.hash = 31 * Arrays.hashCode(linearized) + Objects.hashCode(state);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Configuration that
          && hash == that.hash
          && Arrays.equals(linearized, that.linearized)
          && Objects.equals(state, that.state);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
