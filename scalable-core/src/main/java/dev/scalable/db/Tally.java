package dev.scalable.db;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Counts since the start: how transactions have ended, how often they were tried again, how long callers waited. */
final class Tally {

  /** For a lost connection, whatever its SQLSTATE. */
  static final String LINK = "08";

  private final Map<Outcome, LongAdder> ended = new EnumMap<>(Outcome.class);
  private final Map<String, LongAdder> retried = new HashMap<>();
  private final LongAdder refused = new LongAdder();
  private final LongAdder acquired = new LongAdder();
  private final LongAdder acquiringNanos = new LongAdder();

  Tally() {
    for (Outcome outcome : Outcome.values()) {
      ended.put(outcome, new LongAdder());
    }
    SqlStates.CONTENTION.forEach(state -> retried.put(state, new LongAdder()));
    retried.put(LINK, new LongAdder());
  }

  void ended(Outcome outcome) {
    increment(ended.get(outcome));
  }

  /** Counts another attempt for a reason: one of {@link SqlStates#CONTENTION} or {@link #LINK}. */
  void retried(String reason) {
    increment(retried.get(reason));
  }

  void refused() {
    refused.increment();
  }

  void acquired(long nanos) {
    acquired.increment();
    acquiringNanos.add(nanos);
  }

  private static void increment(@Nullable LongAdder count) {
    if (count != null) {
      count.increment();
    }
  }

  Db.Stats stats(int size, int open, int active, int waiting) {
    return new Db.Stats(size, open, active, waiting, refused.sum(), acquired.sum(), Duration.ofNanos(acquiringNanos.sum()),
        sums(ended), sums(retried), null);
  }

  private static <K> Map<K, Long> sums(Map<K, LongAdder> counts) {
    return counts.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().sum()));
  }
}
