package dev.scalable.cache.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Visits every state that a model can reach, breadth first: what it finds broken is reached by as few steps as possible.
 *
 * @param <S> a state
 */
final class Explorer<S> {

  /** What can happen. */
  interface Model<S> {

    /** A state to be read from bits. */
    S blank();

    S initial();

    /** Writes each part of a state, or reads it. */
    void pack(S state, Bits bits);

    /** Adds each step that can be taken from a state, which is not to be changed. */
    void steps(S from, Steps<S> steps);

    /** What a state breaks; null when all is well. */
    @Nullable Invariant broken(S state);

    /** What a state breaks from which nothing leads on; null when all is well. */
    @Nullable Invariant brokenAtRest(S state);
  }

  /** Takes the steps from one state. */
  interface Steps<S> {

    /**
     * Adds a step.
     *
     * @param who who takes it
     * @param does what it is, for a reader
     * @param version a version that goes with it; -1 for none
     * @param change what it does, to a copy of the state
     */
    void add(String who, String does, int version, Consumer<S> change);

    default void add(String who, String does, Consumer<S> change) {
      add(who, does, -1, change);
    }
  }

  /**
   * What was found.
   *
   * @param broken what breaks first; null when nothing does
   * @param states how many states were visited
   * @param trace the steps to what is broken
   */
  record Verdict(@Nullable Invariant broken, int states, List<String> trace) {

    @Override
    public String toString() {
      return broken == null ? "holds in all of " + states + " states"
          : "broken after " + states + " states: " + broken + "\n    " + String.join("\n    ", trace);
    }
  }

  private final Model<S> model;
  private final int most;
  private final Bits read = new Bits();
  private final Bits write = new Bits();

  private byte[] store = new byte[1 << 16];
  /** Where each state begins in the store; one more than there are states. */
  private int[] begins = new int[1 << 10];
  /** The state that each was reached from. */
  private int[] parents = new int[1 << 10];
  private int states;
  /** A hash table of states, by open addressing; 0 is empty, else the state's number plus one. */
  private int[] table = new int[1 << 12];

  private Explorer(Model<S> model, int most) {
    this.model = model;
    this.most = most;
  }

  /**
   * Visits all states of a model.
   *
   * @param most more states than these are refused
   * @throws IllegalStateException if there are more
   */
  static <S> Verdict explore(Model<S> model, int most) {
    return new Explorer<>(model, most).run();
  }

  private Verdict run() {
    model.pack(model.initial(), write.forWriting());
    add(-1);
    for (int each = 0; each < states; each++) {
      S state = state(each);
      Invariant broken = model.broken(state);
      if (broken == null && !leadsOn(each, state)) {
        broken = model.brokenAtRest(state);
      }
      if (broken != null) {
        return new Verdict(broken, states, trace(each));
      }
    }
    return new Verdict(null, states, List.of());
  }

  private S state(int number) {
    S state = model.blank();
    int begin = begins[number];
    model.pack(state, read.forReading(store, begin, begins[number + 1] - begin));
    return state;
  }

  /** Adds all that a state leads to; whether any of it is another state. */
  private boolean leadsOn(int number, S state) {
    boolean[] on = {false};
    model.steps(state, (who, does, version, change) -> {
      S next = state(number);
      change.accept(next);
      model.pack(next, write.forWriting());
      on[0] |= !written(number);
      add(number);
    });
    return on[0];
  }

  private boolean written(int number) {
    return Arrays.equals(store, begins[number], begins[number + 1], write.bytes(), 0, write.length());
  }

  private void add(int parent) {
    int length = write.length();
    int hash = 1;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + write.bytes()[i];
    }
    int slot = slot(hash * 0x9E3779B9);
    while (table[slot] != 0) {
      if (written(table[slot] - 1)) {
        return;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    if (states == most) {
      throw new IllegalStateException("More than " + most + " states");
    }
    table[slot] = states + 1;
    room(length);
    parents[states] = parent;
    System.arraycopy(write.bytes(), 0, store, begins[states], length);
    states++;
    begins[states] = begins[states - 1] + length;
    if (states * 2 > table.length) {
      rehash();
    }
  }

  private int slot(int hash) {
    return hash >>> (1 + Integer.numberOfLeadingZeros(table.length));
  }

  private void room(int length) {
    if (begins[states] + length > store.length) {
      store = Arrays.copyOf(store, store.length * 2);
    }
    if (states + 2 > begins.length) {
      begins = Arrays.copyOf(begins, begins.length * 2);
      parents = Arrays.copyOf(parents, parents.length * 2);
    }
  }

  private void rehash() {
    table = new int[table.length * 2];
    for (int each = 0; each < states; each++) {
      int hash = 1;
      for (int i = begins[each]; i < begins[each + 1]; i++) {
        hash = 31 * hash + store[i];
      }
      int slot = slot(hash * 0x9E3779B9);
      while (table[slot] != 0) {
        slot = (slot + 1) & (table.length - 1);
      }
      table[slot] = each + 1;
    }
  }

  /** The steps that lead to a state, which are not kept but taken again. */
  private List<String> trace(int to) {
    List<String> trace = new ArrayList<>();
    for (int each = to; parents[each] >= 0; each = parents[each]) {
      trace.add(step(parents[each], each));
    }
    Collections.reverse(trace);
    return trace;
  }

  private String step(int from, int to) {
    List<String> found = new ArrayList<>();
    model.steps(state(from), (who, does, version, change) -> {
      S next = state(from);
      change.accept(next);
      model.pack(next, write.forWriting());
      if (written(to)) {
        found.add(who + " " + does + (version < 0 ? "" : " " + version));
      }
    });
    return found.getFirst();
  }
}
