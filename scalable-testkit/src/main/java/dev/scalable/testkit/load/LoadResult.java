package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Event;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import dev.scalable.testkit.noise.Noise;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What became of every request of a run. Each scheduled request is counted once:
 * {@code scheduled == ok + failed + dropped + indeterminate}. Immutable but for {@link #calibrationAfterwards}, and
 * thread-safe.
 */
public final class LoadResult {
  private final Account account;
  private final Map<Fate, Integer> byFate = new EnumMap<>(Fate.class);
  private final Map<String, Integer> byOutcome = new TreeMap<>();
  private final Map<String, Integer> byInstance = new TreeMap<>();
  private final Duration duration;
  private final Latency service;
  private final Latency response;
  private final Latency lateness;
  private final Validity validity;
  private boolean calibratedAgain;
  private @Nullable Calibration afterwards;

  LoadResult(Account account) {
    this.account = account;
    Arrays.stream(Fate.values()).forEach(fate -> byFate.put(fate, 0));
    account.expectedInstances().forEach(instance -> byInstance.put(instance, 0));
    Duration end = Duration.ZERO;
    for (Exchange exchange : account.exchanges()) {
      byFate.merge(exchange.fate(), 1, Integer::sum);
      byOutcome.merge(exchange.outcome().label(), 1, Integer::sum);
      if (exchange.instance() != null) {
        byInstance.merge(exchange.instance(), 1, Integer::sum);
      }
      end = exchange.end().compareTo(end) > 0 ? exchange.end() : end;
    }
    this.duration = end;
    this.service = times(Exchange::serviceTime);
    this.response = times(Exchange::responseTime);
    this.lateness = Honesty.lateness(account);
    this.validity = Honesty.validity(account, duration, lateness, service);
  }

  /** Returns the name of the run. */
  public String name() {
    return account.name();
  }

  /** Returns how the load came about, in words, such as {@code closed model, 20 users x 10 requests}. */
  public String model() {
    return account.model().toString();
  }

  /** Returns the number of requests that the run was to send; in a run without a fixed number, those it took up. */
  public int scheduled() {
    return account.exchanges().size();
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

  /**
   * Returns the response times of the successful requests: from when each was due. Without a schedule, that is in a
   * closed model without pace, they are the service times.
   */
  public Latency response() {
    return response;
  }

  /** Returns how late the requests that had a time were sent, those too that failed later. */
  public Latency lateness() {
    return lateness;
  }

  /** Returns whether requests came by a schedule, whatever became of those before. */
  public boolean open() {
    return account.model() instanceof OpenModel;
  }

  /** Returns whether the run was the load that it was described as; its times and rates mean nothing if not. */
  public Validity validity() {
    return validity;
  }

  /** Returns the wall-clock time of the common start, to find the run in logs; all other times count from it. */
  public Instant startedAt() {
    return account.startedAt();
  }

  /**
   * Returns the run cut into slices of one length, by when its requests ended.
   *
   * @param bucket the length of a slice, at least 1 ms
   */
  public List<Slice> series(Duration bucket) {
    return Slice.series(account.exchanges(), bucket);
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
    return account.expectedInstances();
  }

  /**
   * Returns whether requests had times to be sent at, so that response times count from them: in an open model, and in a
   * closed one whose users have a pace.
   */
  public boolean scheduledByTime() {
    return !(account.model() instanceof ClosedModel closed) || closed.paceNanos() > 0;
  }

  /** Returns how many places for instances the balancer knew of that nobody was in, when the run began. */
  public int freePlaces() {
    return account.freePlaces();
  }

  /**
   * Returns what was done to the system during the run, in order of its start, with true times; the action that the
   * load went on for is among it.
   */
  public List<Fault> faults() {
    return account.faults();
  }

  /** Returns what happened to the nodes during the run, in order of time; empty if nobody wrote it down. */
  public List<Event> timeline() {
    return account.timeline();
  }

  /**
   * Returns the CPU time that each node used during the run, as far as is known; {@code client} is the JVM that sent.
   */
  public Map<String, Duration> cpu() {
    return new TreeMap<>(account.cpu());
  }

  /** Returns what the machine did meanwhile: times mean little if it was {@linkplain Noise#disturbed disturbed}. */
  public Noise noise() {
    return account.noise();
  }

  /** Returns what the machine can do without any application; empty if the load was given no calibration. */
  public Optional<Calibration> calibration() {
    return Optional.ofNullable(account.calibration());
  }

  /**
   * Returns what the machine can do after the run: measured when it is asked for the first time, which takes a fraction
   * of a second, and known from then on. Empty if there is no {@link #calibration()}, or nobody to measure it any more.
   */
  public synchronized Optional<Calibration> calibrationAfterwards() {
    if (!calibratedAgain) {
      calibratedAgain = true;
      afterwards = account.recalibration().get().orElse(null);
    }
    return Optional.ofNullable(afterwards);
  }

  /** Returns every request, in order of its start. */
  public List<Exchange> exchanges() {
    return account.exchanges();
  }

  /**
   * Returns service times, response times and lateness as a histogram log, which the tools of HdrHistogram read: one
   * interval each, tagged {@code service}, {@code response} and {@code lateness}, in nanoseconds.
   */
  public String histogramLog() {
    return Latency.log(
        startedAt(), duration, Map.of("service", service, "response", response, "lateness", lateness));
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

  /** Returns the run in a few lines: counts, throughput, times, instances, faults, and what speaks against them. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(String.format(
        Locale.ROOT,
        "%s: %d requests (%s) in %.3f s: %d ok, %d failed, %d dropped, %d indeterminate; %.0f/s; %s",
        name(), scheduled(), account.model(), duration.toNanos() / 1e9, ok(), failed(), dropped(), indeterminate(),
        throughput(), confidence()));
    line(text, "", validity.valid() ? "" : validity.toString());
    line(text, "service time ", service.toString());
    line(text, "response time ", scheduledByTime() ? response + ", from the intended start" : "");
    line(text, "sent late by ", open() ? lateness.toString() : "");
    Honesty.remarks(account, service).forEach(remark -> line(text, "", remark));
    line(text, "warm-up ", account.warmUp());
    line(text, "by instance ", byInstance.toString());
    line(text, "by outcome ", ok() == scheduled() ? "" : byOutcome.toString());
    line(text, "faults ", account.faults().isEmpty() ? "" : account.faults().toString());
    line(text, "machine disturbed: ", account.noise().disturbed().orElse(""));
    line(text, "", calibration().map(Calibration::toString).orElse(""));
    line(text, "report ", account.report() == null ? "" : account.report().toString());
    return text.toString();
  }

  private static void line(StringBuilder text, String what, String told) {
    if (!told.isEmpty()) {
      text.append("\n  ").append(what).append(told);
    }
  }

  private Latency times(Function<Exchange, Duration> time) {
    return new Latency(account.exchanges().stream()
        .filter(exchange -> exchange.fate() == Fate.OK)
        .mapToLong(exchange -> time.apply(exchange).toNanos()));
  }

  private int count(Fate fate) {
    return byFate.getOrDefault(fate, 0);
  }
}
