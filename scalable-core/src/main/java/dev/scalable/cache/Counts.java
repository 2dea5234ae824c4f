package dev.scalable.cache;

import dev.scalable.check.SharedState;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

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
  final LongAdder unstored = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder loaded = new LongAdder();
  final LongAdder loadNanos = new LongAdder();
  final LongAdder auditsOk = new LongAdder();
  final LongAdder auditsStale = new LongAdder();
  final LongAdder auditErrors = new LongAdder();
  /** Of the heap, once there is one. */
  volatile LongSupplier nearSize = () -> 0;

  CacheStats snapshot() {
    return new CacheStats(nearHits.sum(), farHits.sum(), loads.sum(), stored.sum(), fenced.sum(), bypassed.sum(),
        stale.sum(), refreshed.sum(), timeouts.sum(), refused.sum(), unreadable.sum(), unstored.sum(), failed.sum(),
        loaded.sum(), Duration.ofNanos(loadNanos.sum()), nearSize.getAsLong(),
        new CacheStats.Audits(auditsOk.sum(), auditsStale.sum(), auditErrors.sum()));
  }
}
