package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the load generator has to say against its own figures. */
final class Honesty {
  private static final double MOST_LATE = 0.01;
  private static final Duration LATE = Duration.ofMillis(5);
  private static final double LATE_SHARE_OF_MEDIAN = 0.1;
  private static final int OMISSION_FACTOR = 10;
  private static final double MOST_CPU = 0.5;

  /** In a shorter run the share is that of a cold start, and of clocks that tick every 10 ms. */
  private static final Duration LEAST_FOR_CPU = Duration.ofSeconds(1);

  private Honesty() {}

  /** How late each sent arrival was, in nanoseconds; all zero where there is no schedule. */
  static Latency lateness(Account account) {
    // The later steps of a journey have no schedule of their own: each is due when the one before has ended.
    return new Latency(account.exchanges().stream()
        .filter(exchange -> exchange.fate() != Fate.DROPPED)
        .filter(exchange -> account.model() instanceof ClosedModel || exchange.sequence() == 0)
        .mapToLong(exchange -> exchange.start().minus(exchange.intended()).toNanos()));
  }

  /**
   * Whether an open model kept its schedule, all was sent, and the machine was left to the system under test. A closed
   * model has no schedule to keep: a user who comes late does so because of the answer before.
   */
  static Validity validity(Account account, Duration duration, Latency lateness, Latency service) {
    List<String> reasons = new ArrayList<>();
    if (account.model() instanceof OpenModel) {
      late(lateness, lateFrom(service)).ifPresent(reasons::add);
    }
    dropped(account.exchanges()).ifPresent(reasons::add);
    double cpu = account.noise().generatorShare().orElse(0);
    if (cpu > MOST_CPU && duration.compareTo(LEAST_FOR_CPU) >= 0) {
      reasons.add(String.format(
          Locale.ROOT, "the JVM of the load generator used %.0f %% of the machine: what was measured is the generator",
          cpu * 100));
    }
    return new Validity(reasons);
  }

  private static Optional<String> late(Latency lateness, Duration bound) {
    double late = lateness.shareAbove(bound);
    return late <= MOST_LATE
        ? Optional.empty()
        : Optional.of(String.format(
            Locale.ROOT, "%.1f %% of %d sends were more than %.1f ms late, the latest by %.0f ms: this machine could"
                + " not keep the schedule, so send less per second, or leave it more of the machine",
            late * 100, lateness.count(), bound.toNanos() / 1e6, lateness.max().toNanos() / 1e6));
  }

  private static Optional<String> dropped(List<Exchange> exchanges) {
    List<Exchange> dropped = exchanges.stream().filter(exchange -> exchange.fate() == Fate.DROPPED).toList();
    return dropped.isEmpty()
        ? Optional.empty()
        : Optional.of(dropped.size() + " of " + exchanges.size() + " requests were not sent, the first because: "
            + dropped.getFirst().outcome().reason());
  }

  /** What a reader of the figures must know about the model, in lines. */
  static List<String> remarks(Account account, Latency service) {
    if (!(account.model() instanceof ClosedModel closed)) {
      return List.of();
    }
    List<String> remarks = new ArrayList<>();
    if (closed.paceNanos() > 0) {
      remarks.add("closed model with a pace: response times count from when each request was due");
      return remarks;
    }
    remarks.add("closed model: latency under back-pressure, not what users see");
    Duration gap = meanGap(account.exchanges());
    if (service.count() > 0 && !gap.isZero() && service.max().compareTo(gap.multipliedBy(OMISSION_FACTOR)) > 0) {
      remarks.add(String.format(
          Locale.ROOT, "WARNING, coordinated omission: the longest answer took %.1f ms, a user sends every %.1f ms;"
              + " the requests that would have come meanwhile were not sent and are in no percentile,"
              + " so measure with open(rate(...))",
          service.max().toNanos() / 1e6, gap.toNanos() / 1e6));
    }
    return remarks;
  }

  private static Duration lateFrom(Latency service) {
    if (!service.supports(0.5)) {
      return LATE;
    }
    Duration share = Duration.ofNanos((long) (service.p50().toNanos() * LATE_SHARE_OF_MEDIAN));
    return share.compareTo(LATE) > 0 ? share : LATE;
  }

  /** The mean time between two requests of the same user. */
  private static Duration meanGap(List<Exchange> exchanges) {
    Map<Integer, Duration> first = new HashMap<>();
    Map<Integer, Duration> last = new HashMap<>();
    for (Exchange exchange : exchanges) {
      first.putIfAbsent(exchange.user(), exchange.start());
      last.put(exchange.user(), exchange.start());
    }
    Duration all = Duration.ZERO;
    for (var user : first.entrySet()) {
      all = all.plus(last.getOrDefault(user.getKey(), user.getValue()).minus(user.getValue()));
    }
    int gaps = exchanges.size() - first.size();
    return gaps == 0 ? Duration.ZERO : all.dividedBy(gaps);
  }
}
