package dev.scalable.testkit.check;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import dev.scalable.testkit.load.LoadResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request and when it was due. With a schedule that is when it was to be sent.
 *
 * <p>Without one, users send when they have their answer: a user who waits 5 s for it sends one slow request where
 * there would have been a thousand, and among all others it is none (coordinated omission). So each answer stands for
 * the requests, too, that its user would have sent while waiting, one for each of the user's usual gaps, all answered
 * when that one was: the correction that HdrHistogram makes for an expected interval.
 *
 * @param exchange the request, or the one that it would have come behind
 * @param at when it was due
 */
record Due(Exchange exchange, Duration at) {
  Duration responseTime() {
    return exchange.end().minus(at);
  }

  /** Whether it was sent, and not only due. */
  boolean sent() {
    return exchange.intended().equals(at);
  }

  /** All requests of a run that were sent or due, in order; what is usual is what was so before {@code usualUntil}. */
  static List<Due> of(LoadResult result, Duration usualUntil) {
    List<Exchange> sent = result.exchanges().stream().filter(exchange -> exchange.fate() != Fate.DROPPED).toList();
    List<Due> all = new ArrayList<>();
    sent.forEach(exchange -> all.add(new Due(exchange, exchange.intended())));
    if (!result.scheduledByTime()) {
      usualGap(sent, usualUntil).ifPresent(gap -> sent.forEach(exchange -> addWaiting(exchange, gap, all)));
    }
    all.sort(Comparator.comparing(Due::at));
    return List.copyOf(all);
  }

  private static void addWaiting(Exchange exchange, Duration gap, List<Due> all) {
    if (exchange.fate() == Fate.OK) {
      for (Duration at = exchange.intended().plus(gap); at.compareTo(exchange.end()) < 0; at = at.plus(gap)) {
        all.add(new Due(exchange, at));
      }
    }
  }

  /** The median of the times from one request of a user to the next; empty if nobody sent two. */
  private static Optional<Duration> usualGap(List<Exchange> sent, Duration until) {
    Map<Integer, Duration> last = new HashMap<>();
    List<Duration> gaps = new ArrayList<>();
    for (Exchange exchange : sent) {
      if (exchange.end().compareTo(until) < 0) {
        Duration before = last.put(exchange.user(), exchange.start());
        if (before != null) {
          gaps.add(exchange.start().minus(before));
        }
      }
    }
    gaps.sort(Comparator.naturalOrder());
    return gaps.isEmpty() ? Optional.empty() : Optional.of(gaps.get(gaps.size() / 2)).filter(Duration::isPositive);
  }
}
