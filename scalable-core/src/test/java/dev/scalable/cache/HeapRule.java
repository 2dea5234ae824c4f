package dev.scalable.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.execution.HBClock;
import org.jetbrains.kotlinx.lincheck.execution.ResultWithClock;
import org.jetbrains.kotlinx.lincheck.util.LincheckResult;
import org.jetbrains.kotlinx.lincheck.util.ValueResult;
import org.jetbrains.kotlinx.lincheck.util.VoidResult;
import org.jetbrains.lincheck.datastructures.verifier.CachedVerifier;
import org.jspecify.annotations.Nullable;

/**
 * What {@link HeapOfThreads} may answer: there is an order of all calls, which keeps those apart that were apart in
 * time, in which each answer is right. That is linearizability, but for what "right" is: a heap may forget. A place is
 * lost to an invalidation, an eviction or a loss of the proof while its flight is in the air, so a miss is always right,
 * and whether a value that was loaded is kept is not said. Lincheck's own rule wants one right answer for each call.
 *
 * <p>Right is a value that is kept while the proof holds, and the newest that there is. So what was there before an
 * invalidation, or before the proof was lost, is wrong after it; and what is kept and not the newest any more is wrong
 * at each moment at which nothing is proven.
 */
public final class HeapRule extends CachedVerifier {

  /** As Lincheck makes it. */
  public HeapRule(Class<?> tested) {}

  /** How things stand between two calls. */
  private record State(int row, @Nullable Integer kept, boolean proven) {

    /** How they may stand after a call that was answered so; empty if the answer is wrong. */
    Set<State> after(String call, LincheckResult result) {
      return switch (call) {
        case "commit" -> Set.of(new State(row + 1, kept, proven));
        case "invalidate", "clear" -> Set.of(new State(row, null, proven));
        case "extend" -> Set.of(new State(row, kept, true));
        case "lapse" -> Set.of(new State(row, kept, false));
        case "lose" -> Set.of(new State(row, null, false));
        case "current" -> answer(result) == null || served(answer(result)) || newest(answer(result))
            ? Set.of(this) : Set.of();
        case "get" -> {
          Set<State> states = new HashSet<>();
          if (newest(answer(result))) {
            states.add(this);
            states.add(new State(row, row, proven));
          } else if (served(answer(result))) {
            states.add(this);
          }
          yield states;
        }
        case "refresh" -> {
          if (answer(result) == null) {
            yield Set.of(this);
          }
          // It replaces what is kept, and brings back nothing that is gone.
          Set<State> states = new HashSet<>();
          if (newest(answer(result))) {
            states.add(this);
            states.add(new State(row, kept == null ? null : row, proven));
          }
          yield states;
        }
        default -> throw new IllegalArgumentException(call);
      };
    }

    private boolean served(@Nullable Object value) {
      return proven && kept != null && kept.equals(value);
    }

    private boolean newest(@Nullable Object value) {
      return value != null && value.equals(row);
    }

    private static @Nullable Object answer(LincheckResult result) {
      return ((ValueResult) result).getValue();
    }
  }

  /** A call, its answer, and how many calls of each thread were over when it began. */
  private record Call(String name, @Nullable LincheckResult result, @Nullable HBClock began) {}

  @Override
  public boolean verifyResultsImpl(@Nullable ExecutionScenario scenario, @Nullable ExecutionResult results) {
    if (scenario == null || results == null) {
      throw new IllegalArgumentException("nothing to verify");
    }
    Set<State> states = Set.of(new State(0, null, true));
    states = oneByOne(states, scenario.getInitExecution(), results.getInitResults());
    List<List<Call>> threads = new ArrayList<>();
    for (int i = 0; i < scenario.getParallelExecution().size(); i++) {
      List<Call> calls = new ArrayList<>();
      for (int j = 0; j < scenario.getParallelExecution().get(i).size(); j++) {
        ResultWithClock result = results.getParallelResultsWithClock().get(i).get(j);
        calls.add(new Call(scenario.getParallelExecution().get(i).get(j).getMethod().getName(), result.getResult(),
            result.getClockOnStart()));
      }
      threads.add(calls);
    }
    Set<State> ends = new HashSet<>();
    Set<List<Object>> seen = new HashSet<>();
    states.forEach(state -> inAnyOrder(threads, new int[threads.size()], state, ends, seen));
    return !oneByOne(ends, scenario.getPostExecution(), results.getPostResults()).isEmpty();
  }

  private static Set<State> oneByOne(Set<State> states, List<Actor> actors, List<? extends LincheckResult> results) {
    Set<State> now = states;
    for (int i = 0; i < actors.size(); i++) {
      Set<State> next = new HashSet<>();
      for (State state : now) {
        next.addAll(after(state, actors.get(i).getMethod().getName(), results.get(i)));
      }
      now = next;
    }
    return now;
  }

  private static void inAnyOrder(List<List<Call>> threads, int[] done, State state, Set<State> ends,
      Set<List<Object>> seen) {
    if (!seen.add(List.of(Arrays.toString(done), state))) {
      return;
    }
    boolean over = true;
    for (int i = 0; i < done.length; i++) {
      if (done[i] < threads.get(i).size()) {
        over = false;
        Call call = threads.get(i).get(done[i]);
        if (mayBeNext(call, done)) {
          int[] then = done.clone();
          then[i]++;
          after(state, call.name(), call.result())
              .forEach(next -> inAnyOrder(threads, then, next, ends, seen));
        }
      }
    }
    if (over) {
      ends.add(state);
    }
  }

  private static boolean mayBeNext(Call call, int[] done) {
    HBClock began = call.began();
    for (int i = 0; began != null && i < done.length; i++) {
      if (done[i] < began.get(i)) {
        return false;
      }
    }
    return true;
  }

  private static Set<State> after(State state, String call, @Nullable LincheckResult result) {
    return result instanceof ValueResult || result instanceof VoidResult ? state.after(call, result) : Set.of();
  }
}
