package dev.scalable.cache;

import dev.scalable.redis.SimScripts;
import dev.scalable.simulation.Timeline;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of some instances over a simulated Redis, database, network and clock, all by a seed. The instances are the
 * classes of production, and Redis runs the texts of their scripts; they read and write while some of the {@link
 * Trouble}s befall them, then all is well again for a while, and then all must show what is committed.
 *
 * <p>Every thread of every instance is a virtual one, and all take turns on the one thread that calls this, in an
 * order that the seed decides ({@link Timeline}); time passes only when all of them wait. What the classes have of
 * their machine comes from {@link SimHost}, and of Redis and the database through the interfaces that production has
 * for these. So a run is the same each time, down to the trace of its turns, and a failure says its seed.
 *
 * <p>{@link SimOracle} judges each read by what it must return at least: what the database had when an invalidation of
 * the key was executed, if that is longer ago than the bound, or this instance has begun it itself or has heard of it.
 * While Redis loses what it has taken that is suspended, and what is read at the end counts alone. Besides: nothing
 * from the heap without a look at the log that is recent enough, no two loads of a key at a time while all is well, no
 * invalidation and no place for a load left behind, and everybody comes to an end.
 */
final class CacheSimulation {

  private static final long SECOND = 1_000_000_000L;

  private final SimFleet fleet;
  private final Timeline timeline;
  private final SimTraffic traffic;
  private final SimMishaps mishaps;

  /** What a run came to. */
  record Outcome(long trace, long turns, long reads, Set<Trouble> troubles) {}

  private CacheSimulation(long seed, SimScripts scripts, Flaw flaw) {
    fleet = new SimFleet(seed, scripts, flaw);
    timeline = fleet.timeline;
    traffic = new SimTraffic(fleet);
    mishaps = new SimMishaps(fleet, traffic);
  }

  /**
   * Runs a seed.
   *
   * @param scripts those of the flaw; for one run at a time
   * @throws AssertionError what was wrong, with the seed
   */
  static Outcome run(long seed, Flaw flaw, SimScripts scripts) {
    return run(seed, flaw, scripts, null);
  }

  /** Runs a seed, and has told what happens. */
  static Outcome run(long seed, Flaw flaw, SimScripts scripts, @Nullable Consumer<String> listener) {
    CacheSimulation simulation = new CacheSimulation(seed, scripts, flaw);
    if (listener != null) {
      simulation.timeline.listener(listener);
    }
    try {
      simulation.run();
      Timeline timeline = simulation.timeline;
      return new Outcome(timeline.trace(), timeline.turns(), simulation.traffic.reads(), simulation.fleet.troubles);
    } catch (AssertionError e) {
      throw new AssertionError("Seed " + seed + " at " + simulation.timeline.now() / 1_000_000 + " ms with "
          + simulation.fleet.troubles + ": " + e.getMessage(), e);
    }
  }

  private void run() {
    int count = 2 + fleet.chance.nextInt(2);
    for (int i = 0; i < count; i++) {
      fleet.start("instance " + i);
    }
    long workUntil = 6 * SECOND;
    for (SimInstance each : List.copyOf(fleet.instances)) {
      traffic.begin(each, 14);
    }
    mishaps.begin(workUntil);
    fleet.goOn(workUntil + 60 * SECOND, "did not come to an end");
    mishaps.heal();
    // Whatever was begun has ended by then, and what was lost is sent again.
    timeline.run(() -> false, Math.max(timeline.now(), mishaps.lastUntil()) + 5 * SECOND);
    check("fresh", false);
    if (mishaps.mayBeForgotten() && !fleet.has(Trouble.CLOCK_STEPS)) {
      // What has expired may be served once more where a new value takes long, for as long as it is kept.
      long kept = fleet.shape.ttl().toNanos() * (fleet.shape.stale() ? 2 : 1);
      timeline.run(() -> false, timeline.now() + kept + SECOND);
      check("fresh after all that was cached has expired", true);
    }
  }

  /** Everywhere the newest version is shown, but of what may have been forgotten. */
  private void check(String what, boolean all) {
    for (SimInstance each : fleet.instances) {
      fleet.begin(each.machine, each.name + " checked", () -> {
        for (long key = 0; key < SimFleet.KEYS; key++) {
          if (all || !mishaps.mayBeForgotten() || !traffic.mayForget(key)) {
            long newest = fleet.db.version(key);
            Long far = each.cache.getIfPresent(key);
            Long found = each.cache.get(key);
            require(found == null ? newest == 0 : found == newest, each, "gets version " + found + " of key " + key
                + " where " + newest + " has to be " + what);
            require(far == null || far == newest, each, "finds version " + far + " of key " + key + " where " + newest
                + " has to be " + what);
          }
        }
      });
    }
    fleet.goOn(timeline.now() + 60 * SECOND, "did not come to an end in peace");
    // Refreshes that were begun by this.
    timeline.run(() -> false, timeline.now() + 2 * SECOND);
    for (SimInstance each : fleet.instances) {
      require(each.free() == fleet.shape.maxLoads(), each, "has only " + each.free() + " of " + fleet.shape.maxLoads()
          + " places for loads left");
      require(each.pending() == 0, each, "has pending invalidations left");
      require(each.caches.nearTierServes(), each, "does not serve from its heap");
      require(each.caches.loads().waiting() == 0, each, "has threads left that wait for a place");
      require(each.coherence.resyncs().getOrDefault("error", 0L) == 0, each, "has had an error with its log");
    }
  }

  private static void require(boolean so, SimInstance instance, String otherwise) {
    if (!so) {
      throw new AssertionError(instance.name + " " + otherwise);
    }
  }
}
