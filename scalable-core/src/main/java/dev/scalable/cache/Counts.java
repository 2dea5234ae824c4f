package dev.scalable.cache;

import dev.scalable.check.SharedState;
import java.util.concurrent.atomic.LongAdder;

/** The counters behind {@link CacheStats}. */
@SharedState("counts of this instance")
final class Counts {

  final LongAdder nearHits = new LongAdder();
  final LongAdder farHits = new LongAdder();
  final LongAdder loads = new LongAdder();
  final LongAdder stored = new LongAdder();
  final LongAdder fenced = new LongAdder();
  final LongAdder bypassed = new LongAdder();

  CacheStats snapshot() {
    return new CacheStats(nearHits.sum(), farHits.sum(), loads.sum(), stored.sum(), fenced.sum(), bypassed.sum());
  }
}
