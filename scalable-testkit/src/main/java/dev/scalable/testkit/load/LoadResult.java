package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of every request of a run. Each scheduled request is counted once:
 * {@code scheduled == ok + failed + dropped + indeterminate}. Immutable.
 */
public final class LoadResult {
  private final String name;
  private final String model;
  private final List<Exchange> exchanges;
  private final List<Fault> faults;
  private final List<String> expectedInstances;
  private final Map<Fate, Integer> byFate = new EnumMap<>(Fate.class);
  private final Map<String, Integer> byOutcome = new TreeMap<>();
  private final Map<String, Integer> byInstance = new TreeMap<>();
  private final Duration duration;
  private final Latency service;

  LoadResult(
      String name, String model, List<Exchange> exchanges, List<Fault> faults, Collection<String> expectedInstances) {
    this.name = name;
    this.model = model;
    this.exchanges = exchanges;
    this.faults = faults;
    this.expectedInstances = List.copyOf(expectedInstances);
    Arrays.stream(Fate.values()).forEach(fate -> byFate.put(fate, 0));
    expectedInstances.forEach(instance -> byInstance.put(instance, 0));
    long end = 0;
    for (Exchange exchange : exchanges) {
      byFate.merge(exchange.fate(), 1, Integer::sum);
      byOutcome.merge(exchange.outcome().label(), 1, Integer::sum);
      if (exchange.instance() != null) {
        byInstance.merge(exchange.instance(), 1, Integer::sum);
      }
      end = Math.max(end, exchange.end());
    }
    this.duration = Duration.ofNanos(end);
    this.service = new Latency(
        exchanges.stream().filter(e -> e.fate() == Fate.OK).mapToLong(e -> e.end() - e.start()));
  }

  /** Returns the name of the run. */
  public String name() {
    return name;
  }

  /** Returns the number of requests that the run was to send; in a run without a fixed number, those it took up. */
  public int scheduled() {
    return exchanges.size();
  }

  /** Returns how many were answered as the check asked. */
  public int ok() {
    return count(Fate.OK);
  }

  /** Returns how many certainly were not. */
  public int failed() {
    return count(Fate.FAILED);
  }

  /** Returns how many were never sent, by the load generator's own fault. */
  public int dropped() {
    return count(Fate.DROPPED);
  }

  /** Returns how many writes have an unknown effect. */
  public int indeterminate() {
    return count(Fate.INDETERMINATE);
  }

  /** Returns the time from the common start to the end of the last request. */
  public Duration duration() {
    return duration;
  }

  /** Returns the successful requests per second of the {@link #duration()}. */
  public double throughput() {
    return duration.isZero() ? 0 : ok() / (duration.toNanos() / 1e9);
  }

  /** Returns the service times of the successful requests; those of others are in {@link #exchanges()}. */
  public Latency service() {
    return service;
  }

  /** Returns the number of answers by the instance that made them; an expected one that made none is there with 0. */
  public Map<String, Integer> byInstance() {
    return new TreeMap<>(byInstance);
  }

  /**
   * Returns the number of requests by the {@linkplain dev.scalable.testkit.history.Outcome#label label} of their end.
   */
  public Map<String, Integer> byOutcome() {
    return new TreeMap<>(byOutcome);
  }

  /** Returns the instances that were said to be expected, before the run; empty if nothing was said. */
  public List<String> expectedInstances() {
    return expectedInstances;
  }

  /**
   * Returns what was done to the system during the run, in order of its start, with true times; the action that the
   * load went on for is among it.
   */
  public List<Fault> faults() {
    return faults;
  }

  /** Returns every request, in order of its start. */
  public List<Exchange> exchanges() {
    return exchanges;
  }

  /**
   * Returns what the run proves about failures. With none seen in n requests, the rate is below 3/n with a confidence
   * of 95 % (the rule of three: Hanley, Lippman-Hand, JAMA 249, 1983); otherwise the counts alone.
   */
  public String confidence() {
    int sent = scheduled() - dropped();
    int bad = failed() + indeterminate();
    String counts = bad + "/" + sent + " failed";
    return bad > 0 || sent == 0
        ? counts
        : counts + String.format(Locale.ROOT, " => failure rate < %.2f %% (95 %%)", Math.min(100, 300.0 / sent));
  }

  /** Returns the run in a few lines: counts, throughput, service times, instances, faults. */
  @Override
  public String toString() {
    return String.format(
            Locale.ROOT,
            "%s: %d requests (%s) in %.3f s: %d ok, %d failed, %d dropped, %d indeterminate; %.0f/s; %s",
            name, scheduled(), model, duration.toNanos() / 1e9, ok(), failed(), dropped(), indeterminate(),
            throughput(), confidence())
        + "\n  service time " + service
        + "\n  by instance " + byInstance
        + (ok() == scheduled() ? "" : "\n  by outcome " + byOutcome)
        + (faults.isEmpty() ? "" : "\n  faults " + faults);
  }

  private int count(Fate fate) {
    return byFate.getOrDefault(fate, 0);
  }
}
