package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the load generator has to say against its own figures. */
final class Honesty {
  private static final double MOST_LATE = 0.01;
  private static final Duration LATE = Duration.ofMillis(5);
  private static final double LATE_SHARE_OF_MEDIAN = 0.1;
  private static final int OMISSION_FACTOR = 10;

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
   * Whether an open model kept its schedule. A closed one has none to keep: a user who comes late does so because of
   * the answer before.
   */
  static Validity validity(Account account, Latency lateness, Latency service) {
    List<String> reasons = new ArrayList<>();
    if (account.model() instanceof OpenModel) {
      Duration bound = lateFrom(service);
      double late = lateness.shareAbove(bound);
      if (late > MOST_LATE) {
        reasons.add(String.format(
            Locale.ROOT, "%.1f %% of %d sends were more than %.1f ms late, the latest by %.0f ms: this machine could"
                + " not keep the schedule, so send less per second, or leave it more of the machine",
            late * 100, lateness.count(), bound.toNanos() / 1e6, lateness.max().toNanos() / 1e6));
      }
      long dropped = account.exchanges().stream().filter(exchange -> exchange.fate() == Fate.DROPPED).count();
      if (dropped > 0) {
        reasons.add(dropped + " of " + account.exchanges().size() + " requests were not sent, the first because: "
            + account.exchanges().stream().filter(e -> e.fate() == Fate.DROPPED).findFirst().orElseThrow()
                .outcome().reason());
      }
    }
    return new Validity(reasons);
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
