package dev.scalable.cache.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.Collectors;

/**
 * Judges a history by what is promised of each read, in O(n log n): goes through the moments of a key in their order,
 * and keeps for each promise the least version that a read which begins then may see.
 *
 * <p>It errs on the side of the cache alone: a start was stamped before it, an end after it, and a read is only held
 * against what had ended before it began.
 */
public final class Judge {

  private static final Floor NONE = new Floor(Long.MIN_VALUE, Long.MIN_VALUE);

  private final long bound;
  private final List<Failover> failovers;
  private final Map<Promise, Long> judged = new EnumMap<>(Promise.class);
  private final List<Violation> violations = new ArrayList<>();

  /** What a moment does. At one time they come in this order. */
  private enum Kind {
    BEGUN,
    READ_STARTS,
    READ_ENDS,
    RETURNED,
    TAKEN,
    BOUND_OVER
  }

  /**
   * A moment of one key.
   *
   * @param least for the end of a read: what is never to be gone back behind
   */
  private record Moment(long at, Kind kind, Step step, long least) {
    static final Comparator<Moment> ORDER = Comparator.comparingLong(Moment::at).thenComparing(Moment::kind);

    Moment(long at, Kind kind, Step step) {
      this(at, kind, step, Long.MIN_VALUE);
    }
  }

  /** The least version that may be seen, and since when. */
  private record Floor(long version, long since) {
    Floor or(long other, long at) {
      return other > version ? new Floor(other, at) : this;
    }
  }

  /** Floors of each instance. */
  private static final class Floors {
    private final Map<String, Floor> byInstance = new HashMap<>();

    Floor of(String instance) {
      return byInstance.getOrDefault(instance, NONE);
    }

    void raise(String instance, long to, long at) {
      byInstance.put(instance, of(instance).or(to, at));
    }
  }

  private Judge(Duration bound, List<Failover> failovers) {
    this.bound = bound.toNanos();
    this.failovers = failovers;
    for (Promise promise : Promise.values()) {
      judged.put(promise, 0L);
    }
  }

  /**
   * Judges steps, given in any order.
   *
   * @param bound for how long a value may be served after Redis has taken its invalidation
   * @param failovers those that Redis went through
   */
  public static Verdict judge(Collection<Step> steps, Duration bound, List<Failover> failovers) {
    Judge judge = new Judge(bound, failovers);
    steps.stream().collect(Collectors.groupingBy(Step::key)).values().forEach(judge::judgeKey);
    return new Verdict(judge.judged, List.copyOf(judge.violations));
  }

  private void judgeKey(List<Step> steps) {
    PriorityQueue<Moment> moments = new PriorityQueue<>(Moment.ORDER);
    steps.stream().map(this::first).filter(moment -> moment.at() < Long.MAX_VALUE).forEach(moments::add);
    Floors own = new Floors();
    Floors seen = new Floors();
    Floor taken = NONE;
    Floor bounded = NONE;
    long newest = 0;
    while (!moments.isEmpty()) {
      Moment now = moments.remove();
      switch (now.step()) {
        case Step.Began began -> newest = Math.max(newest, began.version());
        case Step.Returned returned -> own.raise(returned.instance(), returned.version(), now.at());
        case Step.Taken change when now.kind() == Kind.TAKEN -> {
          taken = taken.or(change.version(), now.at());
          moments.add(new Moment(now.at() + bound, Kind.BOUND_OVER, change));
        }
        case Step.Taken change -> bounded = bounded.or(change.version(), now.at());
        case Step.Read read when now.kind() == Kind.READ_STARTS -> {
          hold(Promise.BOUNDED, read, bounded);
          hold(Promise.OWN_WRITES, read, own.of(read.instance()));
          hold(Promise.NEVER_BACK, read, seen.of(read.instance()));
          long least = read.proven() ? Math.min(read.version(), taken.version()) : Long.MIN_VALUE;
          moments.add(new Moment(read.end(), Kind.READ_ENDS, read, least));
        }
        case Step.Read read -> {
          seen.raise(read.instance(), now.least(), now.at());
          count(Promise.WRITTEN);
          if (read.version() > newest) {
            violations.add(new Violation(Promise.WRITTEN, read, newest, now.at()));
          }
        }
      }
    }
  }

  private Moment first(Step step) {
    return switch (step) {
      case Step.Began began -> new Moment(began.at(), Kind.BEGUN, began);
      case Step.Read read -> new Moment(read.start(), Kind.READ_STARTS, read);
      case Step.Returned it -> new Moment(effective(it.start(), it.end(), it.announced()), Kind.RETURNED, it);
      case Step.Taken it -> new Moment(effective(it.start(), it.end(), it.announced()), Kind.TAKEN, it);
    };
  }

  private long effective(long start, long end, boolean announced) {
    long effective = end;
    for (Failover each : failovers) {
      effective = Math.max(effective, each.effective(start, end, announced));
    }
    return effective;
  }

  private void hold(Promise promise, Step.Read read, Floor floor) {
    if (floor.version() > NONE.version()) {
      count(promise);
      if (read.version() < floor.version()) {
        violations.add(new Violation(promise, read, floor.version(), floor.since()));
      }
    }
  }

  private void count(Promise promise) {
    judged.merge(promise, 1L, Long::sum);
  }
}
