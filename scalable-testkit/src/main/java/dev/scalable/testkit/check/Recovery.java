package dev.scalable.testkit.check;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import dev.scalable.testkit.load.Fault;
import dev.scalable.testkit.load.LoadResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How long a system needed after each fault until it answered as before. See {@link LoadAssert#recoversWithin} for what
 * that means.
 */
final class Recovery {
  /** To compare p95 needs as many as {@link dev.scalable.testkit.load.Latency} asks for. */
  static final int REQUESTS_BEFORE = 200;

  static final int REQUESTS_AFTER = 20;

  /** Below it a difference tells nothing: it is what the noise meter calls a quiet machine. */
  static final Duration NOTICEABLE = Duration.ofMillis(20);

  private static final double SLOW_SHARE = 0.05;
  private static final int FACTOR = 2;
  private static final Duration SOON = Duration.ofSeconds(1);

  private final LoadResult result;
  private final List<Due> due;
  private final Duration limit;

  Recovery(LoadResult result, Duration limit) {
    this.result = result;
    this.limit = limit;
    this.due = Due.of(result, result.faults().isEmpty() ? result.duration() : result.faults().getFirst().started());
  }

  /**
   * A fault that was not recovered from in time.
   *
   * @param told what happened
   * @param bySlowness whether only the times were wrong: on a noisy machine that proves nothing
   */
  record Late(String told, boolean bySlowness) {}

  /** Why recovery cannot be judged at all; empty if it can. */
  Optional<String> hindrance() {
    if (result.faults().isEmpty()) {
      return Optional.of("there was no fault to recover from: add fault(at(...), ...) to the load");
    }
    long before = before().size();
    if (before < REQUESTS_BEFORE) {
      return Optional.of("there were " + before + " good requests before the first fault, "
          + result.faults().getFirst() + ", and it takes " + REQUESTS_BEFORE
          + " to know what was usual: send more per second, or do it later");
    }
    for (int i = 0; i < result.faults().size(); i++) {
      long after = after(i).stream().filter(Due::sent).count();
      if (after < REQUESTS_AFTER) {
        return Optional.of("there were " + after + " requests between " + result.faults().get(i) + " and "
            + (i + 1 < result.faults().size() ? "the next fault" : "the end of the load") + ", and it takes "
            + REQUESTS_AFTER + " to see a recovery: leave more time after it, or send more per second");
      }
    }
    return Optional.empty();
  }

  /** The faults that were not recovered from in time. */
  List<Late> late() {
    Duration usual = usual();
    Duration slow = slow();
    List<Late> late = new ArrayList<>();
    for (int i = 0; i < result.faults().size(); i++) {
      judged(result.faults().get(i), after(i), usual, slow).ifPresent(late::add);
    }
    return late;
  }

  /** The p95 before the first fault. */
  private Duration usual() {
    List<Duration> before = before();
    return before.get((int) Math.ceil((1 - SLOW_SHARE) * before.size()) - 1);
  }

  private Duration slow() {
    Duration doubled = usual().multipliedBy(FACTOR);
    return doubled.compareTo(NOTICEABLE) > 0 ? doubled : NOTICEABLE;
  }

  private Optional<Late> judged(Fault fault, List<Due> after, Duration usual, Duration slow) {
    int lastBad = -1;
    int[] slowBefore = new int[after.size() + 1];
    for (int i = 0; i < after.size(); i++) {
      lastBad = after.get(i).exchange().fate() == Fate.OK ? lastBad : i;
      slowBefore[i + 1] = slowBefore[i] + (after.get(i).responseTime().compareTo(slow) > 0 ? 1 : 0);
    }
    int begin = lastBad + 1;
    if (begin > after.size() - REQUESTS_AFTER || since(fault, after, begin).compareTo(limit) > 0) {
      Exchange bad = after.get(Math.max(0, lastBad)).exchange();
      return Optional.of(new Late(
          String.format(Locale.ROOT, "%s: requests failed until %s s after it began, the last: %s",
              fault, seconds(bad.end().minus(fault.started())), bad),
          false));
    }
    int fast = begin;
    while (fast <= after.size() - REQUESTS_AFTER && !fast(after, slowBefore, fast)) {
      fast++;
    }
    boolean never = fast > after.size() - REQUESTS_AFTER;
    if (!never && since(fault, after, fast).compareTo(limit) <= 0) {
      return Optional.empty();
    }
    return Optional.of(new Late(
        String.format(
            Locale.ROOT, "%s: answers were slow %s; slow is p95 above %.1f ms, before the first fault it was %.1f ms",
            fault, never ? "to the end" : "until " + seconds(since(fault, after, fast)) + " s after it began",
            slow.toNanos() / 1e6, usual.toNanos() / 1e6),
        true));
  }

  /** Whether p95 is as usual from a request on: within the next second, and to the end. */
  private static boolean fast(List<Due> after, int[] slowBefore, int from) {
    Duration soon = after.get(from).at().plus(SOON);
    int to = Math.min(after.size(), from + REQUESTS_AFTER);
    while (to < after.size() && after.get(to).at().compareTo(soon) < 0) {
      to++;
    }
    return slowBefore[to] - slowBefore[from] <= SLOW_SHARE * (to - from)
        && slowBefore[after.size()] - slowBefore[from] <= SLOW_SHARE * (after.size() - from);
  }

  /** The response times of the good requests before the first fault, in order. */
  private List<Duration> before() {
    Duration first = result.faults().getFirst().started();
    return due.stream()
        .filter(one -> one.sent() && one.exchange().end().compareTo(first) < 0 && one.exchange().fate() == Fate.OK)
        .map(Due::responseTime)
        .sorted()
        .toList();
  }

  /** The requests that show what a fault did and the next one did not, in order. */
  private List<Due> after(int fault) {
    Duration from = result.faults().get(fault).started();
    Optional<Duration> to = result.faults().stream().skip(fault + 1).findFirst().map(Fault::started);
    Duration slow = slow();
    return due.stream()
        .filter(one -> shows(one, from, slow))
        .filter(one -> to.isEmpty() || !shows(one, to.get(), slow))
        .toList();
  }

  /**
   * Whether a request shows what came after a moment: it was due then, or it was not answered yet and not overdue, so
   * that what became of it is the moment's doing.
   */
  private static boolean shows(Due one, Duration moment, Duration slow) {
    return one.at().compareTo(moment) >= 0
        || (one.exchange().end().compareTo(moment) >= 0 && one.at().plus(slow).compareTo(moment) >= 0);
  }

  private static Duration since(Fault fault, List<Due> after, int request) {
    return request == 0 ? Duration.ZERO : after.get(request).at().minus(fault.started());
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.3f", time.toNanos() / 1e9);
  }
}
