package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Timeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A load run, entirely described.
 *
 * @param route where the requests go
 * @param mix what is sent, with weights
 * @param warmUpMix what is sent before
 * @param check what makes an answer a good one
 * @param instances who is expected to answer, asked for when the run begins
 * @param whileRunning what the users go on for, if anything
 * @param faults what is done during the run, by due time
 * @param giveUpAfter the longest time that the whole run may take
 */
record Plan(
    String name,
    Route route,
    String instanceHeader,
    Supplier<? extends Collection<String>> instances,
    List<Scenario> mix,
    List<Scenario> warmUpMix,
    Predicate<Answer> check,
    WarmUp warmUp,
    Model model,
    @Nullable Action whileRunning,
    List<DueFault> faults,
    Duration giveUpAfter,
    Surroundings surroundings) {

  /**
   * A fault that is still to come.
   *
   * @param at when it is due, since the start of the run
   */
  record DueFault(Duration at, String name, Action action) {}

  /**
   * What else goes into the result of a run, from those who know the system it runs on.
   *
   * @param freePlaces how many places the balancer knows of that no instance is in
   * @param timeline where the events of nodes are written down
   * @param cpu the CPU time that each node has used so far
   * @param calibration what this machine can do without any application
   * @param recalibration the same after the run, for whom it is worth measuring it again
   * @param listener is given the result
   * @param report where a report of it will be
   */
  record Surroundings(
      IntSupplier freePlaces,
      Timeline timeline,
      Supplier<Map<String, Duration>> cpu,
      @Nullable Supplier<Calibration> calibration,
      Supplier<Optional<Calibration>> recalibration,
      Consumer<LoadResult> listener,
      @Nullable Path report) {}
}
