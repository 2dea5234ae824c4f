package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The heap of an instance keeps {@link HeapRule} however threads get into each other's way, and would not if it were
 * made otherwise.
 *
 * <p>{@code -Dscalable.lincheck.scenarios} sets how many scenarios are made at random besides those that are named
 * here, {@code -Dscalable.lincheck.runs} how often each is run; the profile {@code full} has more of both.
 */
@Tag("alone") // it changes each class that its JVM has loaded, which takes minutes where other tests have been
class NearTierLincheckTest {

  private static final int SCENARIOS = Integer.getInteger("scalable.lincheck.scenarios", 3);
  private static final int RUNS = Integer.getInteger("scalable.lincheck.runs", 100);

  /** What comes before; what two threads do at once. */
  private static final List<List<List<String>>> NAMED = List.of(
      // An invalidation that was missed is applied, and the proof comes back, while somebody reads.
      List.of(List.of("get", "lapse", "commit"), List.of("current"), List.of("invalidate", "extend")),
      // The classic race: what was loaded before the commit lands after its invalidation.
      List.of(List.of(), List.of("get"), List.of("commit", "invalidate", "current")),
      List.of(List.of("get"), List.of("get"), List.of("commit", "clear", "current")),
      // The log is found to have a hole while a load is in the air.
      List.of(List.of(), List.of("get"), List.of("commit", "lose", "extend", "current")),
      List.of(List.of(), List.of("get"), List.of("commit", "lose", "extend", "get")),
      List.of(List.of("lose"), List.of("get", "current"), List.of("commit")),
      // A refresh is at it when its key is invalidated, and loaded anew.
      List.of(List.of("get"), List.of("refresh"), List.of("commit", "invalidate", "get", "current")),
      // Two refreshes of the same value.
      List.of(List.of("get"), List.of("refresh"), List.of("commit", "refresh", "current")),
      // Whoever asks after the invalidation does not join whoever had asked before.
      List.of(List.of(), List.of("get", "get"), List.of("commit", "invalidate", "get")));

  private static ExecutionScenario scenario(List<List<String>> parts) {
    return new ExecutionScenario(actors(parts.getFirst()),
        parts.subList(1, parts.size()).stream().map(NearTierLincheckTest::actors).toList(), List.of(), null);
  }

  private static List<Actor> actors(List<String> names) {
    return names.stream().map(name -> new Actor(method(name), List.of())).toList();
  }

  private static Method method(String name) {
    return Arrays.stream(HeapOfThreads.class.getMethods()).filter(each -> each.getName().equals(name)).findAny()
        .orElseThrow();
  }

  private static ModelCheckingOptions everyInterleaving(int scenarios) {
    ModelCheckingOptions options = with(new ModelCheckingOptions(), scenarios);
    // What is relied upon in there has tests of its own, and Lincheck's time is for our code.
    return options.addGuarantee(ManagedStrategyGuaranteeKt
        .forClasses((String name) -> name.startsWith("com.github.benmanes.caffeine.")).allMethods().treatAsAtomic());
  }

  private static <O extends Options<O, ?>> O with(O options, int scenarios) {
    NAMED.forEach(parts -> options.addCustomScenario(scenario(parts)));
    return options.iterations(scenarios).invocationsPerIteration(RUNS).threads(2).actorsBefore(3).actorsPerThread(4)
        .actorsAfter(1).verifier(HeapRule.class);
  }

  @Test
  void nothing_is_served_that_was_invalidated_or_is_not_proven() {
    everyInterleaving(SCENARIOS).check(HeapOfThreads.class);
  }

  @Test
  void nor_is_it_with_a_real_caffeine_and_threads_that_really_run_at_once() {
    with(new StressOptions(), SCENARIOS).check(HeapOfThreads.class);
  }

  @ParameterizedTest
  @ValueSource(classes = {HeapOfThreads.LooksUpFirst.class, HeapOfThreads.PutsWhatItHasLoaded.class,
      HeapOfThreads.ForgetsWhenItBegan.class, HeapOfThreads.RefreshesWhateverIsThere.class})
  void one_that_is_made_otherwise_is_found(Class<?> broken) {
    assertThatThrownBy(() -> everyInterleaving(0).minimizeFailedScenario(false).check(broken))
        .isInstanceOf(LincheckAssertionError.class).hasMessageContaining("Invalid execution results");
  }
}
