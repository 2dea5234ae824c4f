package dev.scalable.testkit.report;

import dev.scalable.testkit.history.Event;
import dev.scalable.testkit.load.Calibration;
import dev.scalable.testkit.noise.Noise;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that a report says of one load run. It holds sums and slices and no single request, so that a report of many long
 * runs stays small.
 *
 * @param test the test that it belongs to, if that was said
 * @param model what was asked for, in words
 * @param open whether requests came whatever became of those before
 * @param scheduled whether requests had a time at which they were due, so that there are response times
 * @param confidence what the counts prove
 * @param service times of good answers from when the request was sent
 * @param response times of good answers from when the request was due
 * @param lateness how late requests were sent
 * @param outcomes requests by how they ended
 * @param instances answers by instance
 * @param faults what was done to the system
 * @param events what was seen to happen to nodes
 * @param slice how long one of the slices is
 * @param cpu CPU time by node
 * @param calibration what the machine can do without any application, if that was measured
 * @param noise what the machine did meanwhile, if that was watched
 * @param invalid why the load was not the one asked for; empty if it was
 * @param pauseHidden how many requests of one user the longest answer took the time of, in a closed model; 0 in others
 */
record RunFigures(
    String name,
    @Nullable String test,
    String model,
    boolean open,
    boolean scheduled,
    Instant startedAt,
    Duration duration,
    Counts counts,
    double throughput,
    String confidence,
    Distribution service,
    Distribution response,
    Distribution lateness,
    Map<String, Integer> outcomes,
    Map<String, Integer> instances,
    List<Window> faults,
    List<Event> events,
    List<Lane> lanes,
    Duration slice,
    List<TimeSlice> slices,
    Map<String, Duration> cpu,
    @Nullable Calibration calibration,
    @Nullable Noise noise,
    List<String> invalid,
    double pauseHidden) {

  /** How the requests are counted; each once. */
  record Counts(long scheduled, long ok, long failed, long dropped, long indeterminate) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0);

    Counts plus(Counts other) {
      return new Counts(
          scheduled + other.scheduled, ok + other.ok, failed + other.failed, dropped + other.dropped,
          indeterminate + other.indeterminate);
    }

    /** Those that were not answered well, whatever the reason. */
    long bad() {
      return failed + dropped + indeterminate;
    }
  }

  /** Something done to the system, from its begin to its end. */
  record Window(String name, Duration from, Duration to) {}


  /** What the times of this run are called. */
  String kindOfTime() {
    return scheduled ? "response" : "service";
  }

  /** The times that say most about what users saw: from when requests were due, if they were. */
  Distribution times() {
    return scheduled ? response : service;
  }

  /** Why the machine was too busy for its times and rates to mean anything; empty if it was not. */
  Optional<String> disturbed() {
    return Optional.ofNullable(noise).flatMap(Noise::disturbed);
  }

  /** CPU time of the instances and the database together: what serving costs, wherever the load came from. */
  Duration servingCpu() {
    return cpu.entrySet().stream()
        .filter(node -> Nodes.serves(node.getKey()))
        .map(Map.Entry::getValue)
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Good answers per second of CPU time of instances and database; 0 if that is not known. */
  double capacity() {
    long nanos = servingCpu().toNanos();
    return nanos == 0 ? 0 : counts.ok() / (nanos / 1e9);
  }
}
