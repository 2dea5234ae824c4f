package dev.scalable.cache;

import dev.scalable.http.Lookup;
import dev.scalable.simulation.Timeline;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What readers and writers do on the instances of a run, and whether what a reader got may be. */
final class SimTraffic {

  private final SimFleet fleet;
  private final Timeline timeline;
  private final Random chance;
  /** Keys whose latest change was announced in no transaction, or of which that is not known. */
  private final Set<Long> unannounced = new HashSet<>();
  private long reads;

  SimTraffic(SimFleet fleet) {
    this.fleet = fleet;
    this.timeline = fleet.timeline;
    this.chance = fleet.chance;
  }

  /** Readers, and a writer if any are to write, who take so many steps each. */
  void begin(SimInstance instance, int steps) {
    for (int i = 0; i < 3; i++) {
      actor(instance, instance.name + " reader " + i, steps, () -> read(instance));
    }
    if (fleet.writes) {
      actor(instance, instance.name + " writer", steps / 3, () -> write(instance));
    }
  }

  private void actor(SimInstance instance, String name, int steps, Runnable step) {
    fleet.begin(instance.machine, name, () -> {
      for (int i = 0; i < steps && !fleet.ending; i++) {
        timeline.sleepOn(chance.nextLong(timeline.happens(200) ? 1_500_000_000L : 100_000_000));
        step.run();
      }
    });
  }

  /** How many reads there were. */
  long reads() {
    return reads;
  }

  /** Whether the latest change of a key may be forgotten where its writer or Redis is lost. */
  boolean mayForget(long key) {
    return unannounced.contains(key);
  }

  private void read(SimInstance instance) {
    long key = chance.nextInt(SimFleet.KEYS);
    reads++;
    try {
      switch (chance.nextInt(10)) {
        case 0 -> getAll(instance);
        case 1 -> peek(instance, key);
        case 2 -> {
          SimOracle.Floor floor = floor(instance, key);
          Long found = instance.cache.getIfPresent(key);
          if (found != null) {
            judge(instance, "getIfPresent", floor, found);
          }
        }
        case 3 -> instance.cache.refresh(key);
        default -> {
          SimOracle.Floor floor = floor(instance, key);
          judge(instance, "get", floor, instance.cache.get(key));
        }
      }
    } catch (SimDb.Away | CacheLoadTimeout e) {
      if (fleet.calm) {
        throw new AssertionError("a read fails while all is well", e);
      }
    }
  }

  private SimOracle.Floor floor(SimInstance instance, long key) {
    return instance.view.floor(key, timeline.now());
  }

  private void judge(SimInstance instance, String call, SimOracle.Floor floor, @Nullable Long found) {
    timeline.note(found == null ? -1 : found);
    timeline.tell(() -> instance.name + " " + call + " " + floor + " = " + found);
    fleet.oracle.judge(instance.name + " by " + call, floor, found == null ? 0 : found);
  }

  private void getAll(SimInstance instance) {
    Map<Long, SimOracle.Floor> floors = new HashMap<>();
    Set<Long> wanted = new LinkedHashSet<>();
    for (int i = 0; i < 2; i++) {
      long key = chance.nextInt(SimFleet.KEYS);
      wanted.add(key);
      floors.put(key, floor(instance, key));
    }
    Map<Long, Long> found = instance.cache.getAll(wanted);
    floors.forEach((key, floor) -> judge(instance, "getAll", floor, found.get(key)));
  }

  private void peek(SimInstance instance, long key) {
    SimOracle.Floor floor = floor(instance, key);
    long before = instance.link.checkBegun();
    Lookup.Found<Long> found = instance.cache.peek(key);
    if (found == null) {
      return;
    }
    judge(instance, "peek", floor, found.value());
    long proven = Math.max(before, instance.link.checkBegun());
    if (proven == Long.MIN_VALUE || floor.at() > proven + fleet.shape.bound().toNanos()) {
      throw new AssertionError(instance.name + " has served key " + key + " from its heap at " + floor.at()
          + " ns, and its last look at the log that was answered began at " + proven + " ns");
    }
  }

  private void write(SimInstance instance) {
    Set<Long> changed = new LinkedHashSet<>();
    for (int i = 0; i < (timeline.happens(300) ? 2 : 1); i++) {
      changed.add((long) chance.nextInt(SimFleet.KEYS));
    }
    boolean all = timeline.happens(150);
    boolean announced = timeline.happens(600);
    int era = fleet.oracle.era();
    unannounced.addAll(changed);
    try {
      Map<Long, Long> seen = new HashMap<>();
      instance.db.write(tx -> {
        SimDb.SimTx own = (SimDb.SimTx) tx;
        changed.forEach(own::change);
        if (announced) {
          // In production the order within the commit does not matter, and neither does it here.
          if (all) {
            instance.cache.invalidateAll(tx);
          } else {
            instance.cache.invalidateAll(tx, changed);
          }
        }
        own.committed(() -> changed.forEach(key -> {
          seen.put(key, fleet.db.version(key));
          if (announced) {
            unannounced.remove(key);
          }
        }));
        return "";
      });
      if (!announced) {
        if (all) {
          instance.cache.invalidateAll();
        } else {
          instance.cache.invalidateAll(changed);
        }
      }
      timeline.tell(() -> instance.name + " has written " + seen + (all ? ", all" : "")
          + (announced ? ", announced" : ""));
      seen.forEach((key, version) -> instance.view.owns(era, key, version));
    } catch (SimDb.Away e) {
      if (fleet.calm) {
        throw new AssertionError("a write fails while all is well", e);
      }
    }
  }
}
