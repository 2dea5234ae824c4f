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
  final LongAdder stale = new LongAdder();
  final LongAdder refreshed = new LongAdder();
  final LongAdder timeouts = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder unreadable = new LongAdder();

  CacheStats snapshot() {
    return new CacheStats(nearHits.sum(), farHits.sum(), loads.sum(), stored.sum(), fenced.sum(), bypassed.sum(),
        stale.sum(), refreshed.sum(), timeouts.sum(), refused.sum(), unreadable.sum());
  }
}
