package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Event;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.noise.Noise;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that a run wrote down, before anything is concluded from it.
 *
 * @param startedAt the wall-clock time of the common start
 * @param exchanges every request, in order of its start
 * @param freePlaces how many places for instances the balancer knew of that nobody was in
 * @param warmUp what the warm-up did, in one line; empty if there was none
 * @param cpu the CPU time that each node used during the run
 * @param noise what the machine did during the run
 * @param recalibration measures what the machine can do after the run
 * @param report where a report will be
 */
record Account(
    String name,
    Model model,
    Instant startedAt,
    List<Exchange> exchanges,
    List<Fault> faults,
    List<Event> timeline,
    List<String> expectedInstances,
    int freePlaces,
    String warmUp,
    Map<String, Duration> cpu,
    Noise noise,
    @Nullable Calibration calibration,
    Supplier<Optional<Calibration>> recalibration,
    @Nullable Path report) {}
