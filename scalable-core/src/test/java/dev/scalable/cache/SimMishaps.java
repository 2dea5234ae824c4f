package dev.scalable.cache;

import dev.scalable.redis.SimServer;
import dev.scalable.simulation.Timeline;
import java.util.List;
import java.util.Random;

/** What befalls the instances of a run, their Redis and their database, and that it ends. */
final class SimMishaps {

  private static final long SECOND = 1_000_000_000L;

  private final SimFleet fleet;
  private final SimTraffic traffic;
  private final Timeline timeline;
  private final Random chance;
  private boolean mayBeForgotten;
  private long lastUntil;

  SimMishaps(SimFleet fleet, SimTraffic traffic) {
    this.fleet = fleet;
    this.traffic = traffic;
    this.timeline = fleet.timeline;
    this.chance = fleet.chance;
  }

  /** Has one trouble after the other befall an instance, or all. */
  void begin(long until) {
    Timeline.Machine outside = timeline.machine();
    if (!fleet.troubles.isEmpty()) {
      fleet.begin(outside, "trouble", () -> trouble(until));
    }
  }

  /** Whether Redis or an instance was lost with something that no transaction has announced. */
  boolean mayBeForgotten() {
    return mayBeForgotten;
  }

  /** When whatever befell anyone has ended. */
  long lastUntil() {
    return lastUntil;
  }

  private void trouble(long until) {
    List<Trouble> possible = List.copyOf(fleet.troubles);
    while (timeline.now() < until) {
      timeline.sleepOn(50_000_000 + chance.nextLong(1_200_000_000));
      befall(possible.get(chance.nextInt(possible.size())));
    }
  }

  private SimInstance any() {
    return fleet.instances.get(chance.nextInt(fleet.instances.size()));
  }

  private long upTo(double seconds) {
    return chance.nextLong((long) (seconds * SECOND));
  }

  private void befall(Trouble trouble) {
    SimInstance one = any();
    SimServer redis = fleet.primary;
    timeline.note(trouble.name().hashCode());
    timeline.tell(() -> trouble + " (" + one.name + ")");
    switch (trouble) {
      case LOST_MESSAGES -> {
        one.faults.lost = 50 + chance.nextInt(500);
        timeline.in(upTo(3), () -> one.faults.lost = 0);
      }
      case LATE_MESSAGES -> {
        one.faults.late = 50 + chance.nextInt(500);
        timeline.in(upTo(3), () -> one.faults.late = 0);
      }
      case INSTANCE_CUT_OFF -> {
        one.faults.cut = true;
        timeline.in(upTo(5), () -> one.faults.cut = false);
      }
      case READER_HALF_OPEN -> {
        one.faults.halfOpen = true;
        timeline.in(upTo(6), () -> one.faults.halfOpen = false);
      }
      case INSTANCE_PAUSED -> {
        long pause = upTo(6);
        lastUntil = Math.max(lastUntil, timeline.now() + pause);
        one.machine.pause(pause);
      }
      case THREADS_PAUSED -> { }
      case REDIS_FLUSHED -> redis.flushAll();
      case LOG_TRIMMED -> redis.trim(chance.nextInt(3));
      case ENTRY_DELETED -> redis.deleteEntry();
      case KEY_EVICTED -> redis.evict(fleet.flaw == Flaw.GENERATION_NOT_LOOKED_AT ? "}g:" : "");
      case REDIS_DOWN -> {
        redis.down(true);
        timeline.in(upTo(4), () -> redis.down(false));
      }
      case OLD_DUMP_LOADED -> {
        Runnable load = redis.dump();
        timeline.in(upTo(4), () -> {
          lose();
          load.run();
          fleet.instances.forEach(each -> each.link.breakReads());
          settleIn(0);
        });
      }
      case FAILOVER -> {
        fleet.primary = redis.promoted();
        redis.down(true);
        fleet.instances.forEach(each -> each.link.breakReads());
      }
      case FAILOVER_BEHIND -> {
        SimServer replica = redis.promoted();
        timeline.in(upTo(2), () -> failOver(redis, replica));
      }
      case CLOCK_STEPS -> redis.step(chance.nextBoolean() ? chance.nextInt(4_000) - 2_000
          : chance.nextInt(7_200_000) - 3_600_000);
      case INSTANCE_KILLED -> {
        if (fleet.instances.size() > 1) {
          kill(one);
        }
      }
      case DATABASE_AWAY -> {
        fleet.db.away = true;
        timeline.in(upTo(2), () -> fleet.db.away = false);
      }
      case COMMIT_UNKNOWN -> {
        fleet.db.unknown = 300;
        timeline.in(upTo(3), () -> fleet.db.unknown = 0);
      }
      case LOADS_FAIL -> {
        fleet.source.fails = 200;
        timeline.in(upTo(3), () -> fleet.source.fails = 0);
      }
    }
  }

  private void lose() {
    fleet.oracle.loses();
    mayBeForgotten = true;
  }

  /** Not all hear of the new primary at the same time, and some not with all their connections. */
  private void failOver(SimServer old, SimServer replica) {
    if (fleet.primary != old) {
      return;
    }
    lose();
    fleet.primary = replica;
    boolean split = chance.nextBoolean();
    old.down(!split);
    long longest = 0;
    for (SimInstance each : fleet.instances) {
      long commands = upTo(1.5);
      long reader = upTo(1.5);
      longest = Math.max(longest, Math.max(commands, reader));
      SimServer[] seen = {old, old};
      each.link.lead(() -> seen[0], () -> seen[1]);
      timeline.in(commands, () -> seen[0] = replica);
      timeline.in(reader, () -> {
        seen[1] = replica;
        each.link.lead(() -> seen[0] == replica ? fleet.primary : seen[0], () -> fleet.primary);
      });
    }
    settleIn(longest);
  }

  /** All instances have found the same primary by then, and whatever was on its way has arrived. */
  private void settleIn(long nanos) {
    lastUntil = Math.max(lastUntil, timeline.now() + nanos + SECOND);
    timeline.in(nanos + SECOND, fleet.oracle::settled);
  }

  private void kill(SimInstance one) {
    one.machine.kill();
    fleet.db.died(one.machine);
    fleet.instances.remove(one);
    mayBeForgotten = true;
    long away = upTo(2);
    lastUntil = Math.max(lastUntil, timeline.now() + away);
    timeline.in(away, () -> traffic.begin(fleet.start(one.name + "'"), 6));
  }

  /** All is well from now on. */
  void heal() {
    fleet.ending = true;
    fleet.db.away = false;
    fleet.db.unknown = 0;
    fleet.source.fails = 0;
    fleet.primary.down(false);
    for (SimInstance each : fleet.instances) {
      each.faults.lost = 0;
      each.faults.late = 0;
      each.faults.cut = false;
      each.faults.halfOpen = false;
      each.link.lead(() -> fleet.primary, () -> fleet.primary);
    }
  }
}
