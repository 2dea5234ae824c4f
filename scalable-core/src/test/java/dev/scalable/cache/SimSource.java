package dev.scalable.cache;

import dev.scalable.simulation.Timeline;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the caches of the simulation load from: it takes its time before and after it looks into the database. */
final class SimSource {

  /** Longer than it takes from a lease to its load, where all is well. */
  private static final long LEASE_TO_LOAD = 1_500_000_000L;

  private final Timeline timeline;
  private final SimDb db;
  private final SimOracle oracle;
  private final boolean calm;
  private final long longest;
  /** When the loads of a key began that are under way. */
  private final Map<Long, Deque<Long>> loading = new HashMap<>();
  /** Of a thousand loads, so many fail, and as many hang. */
  int fails;

  /** One where nothing fails if it is calm: then it makes sure that no key is loaded twice at a time. */
  SimSource(Timeline timeline, SimDb db, SimOracle oracle, boolean calm) {
    this.timeline = timeline;
    this.db = db;
    this.oracle = oracle;
    this.calm = calm;
    this.longest = calm ? 60_000_000 : 400_000_000;
  }

  @Nullable Long load(SimInstance by, long key) throws InterruptedException {
    timeline.tell(() -> by.name + " loads key " + key);
    Deque<Long> others = loading.computeIfAbsent(key, unused -> new ArrayDeque<>());
    // An invalidation takes the lease, so that another load may begin.
    if (calm && !others.isEmpty() && oracle.lastInvalidated(key) < others.getFirst() - LEASE_TO_LOAD) {
      timeline.broken(new AssertionError(by.name + " loads key " + key + " while another load of it is under way"));
    }
    Long began = timeline.now();
    others.addLast(began);
    try {
      takeTime();
      long version = db.version(key);
      takeTime();
      timeline.tell(() -> by.name + " has loaded " + version + " of key " + key);
      return version == 0 ? null : version;
    } finally {
      others.removeFirstOccurrence(began);
    }
  }

  private void takeTime() throws InterruptedException {
    if (db.away || timeline.happens(fails)) {
      throw new SimDb.Away("the load fails");
    }
    if (timeline.happens(fails)) {
      // One that minds no interrupt.
      timeline.sleepOn(3_000_000_000L);
    }
    timeline.sleep(500_000 + timeline.chance().nextLong(timeline.happens(100) ? longest : 4_000_000));
  }

  Map<Long, Long> loadAll(SimInstance by, Set<Long> keys) throws InterruptedException {
    Map<Long, Long> found = new HashMap<>();
    for (Long key : new TreeSet<>(keys)) {
      Long version = load(by, key);
      if (version != null) {
        found.put(key, version);
      }
    }
    return found;
  }

  Loaded<Long> load(SimInstance by, long key, Loaded.Context<Long> context) throws InterruptedException {
    Long version = load(by, key);
    if (version == null) {
      return new Loaded.Absent<>();
    }
    if (version.equals(context.stale())) {
      return new Loaded.Unchanged<>();
    }
    return timeline.happens(50) ? new Loaded.Uncached<>(version) : new Loaded.Value<>(version);
  }
}
