package dev.scalable.testkit.load;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A load run, entirely described.
 *
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
    Target target,
    String instanceHeader,
    Supplier<? extends Collection<String>> instances,
    List<RequestTemplate> mix,
    List<RequestTemplate> warmUpMix,
    Predicate<Answer> check,
    WarmUp warmUp,
    ClosedModel model,
    @Nullable Action whileRunning,
    List<DueFault> faults,
    Duration giveUpAfter) {

  /**
   * A fault that is still to come.
   *
   * @param at when it is due, since the start of the run
   */
  record DueFault(Duration at, String name, Action action) {}
}
