package dev.scalable.cache;

import dev.scalable.redis.SimLink;
import dev.scalable.redis.SimScripts;
import dev.scalable.redis.SimServer;
import dev.scalable.simulation.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The instances of a run, the Redis and the database that they have, and what its seed decides before it begins: in an
 * order that must stay, since else each seed would be another run.
 */
final class SimFleet {

  /** How many keys there are. */
  static final int KEYS = 3;

  final Timeline timeline;
  final Random chance;
  final Flaw flaw;
  final Set<Trouble> troubles = EnumSet.noneOf(Trouble.class);
  /** Whether all is well throughout: then nothing may fail, and no key be loaded twice at a time. */
  final boolean calm;
  final boolean writes;
  final SimInstance.Shape shape;
  final SimDb db;
  final SimOracle oracle;
  final SimSource source;
  final List<SimInstance> instances = new ArrayList<>();
  /** The Redis that is right. */
  SimServer primary;
  /** Whether what the instances do is to come to an end. */
  boolean ending;
  private final Map<String, Timeline.Machine> busy = new LinkedHashMap<>();

  SimFleet(long seed, SimScripts scripts, Flaw flaw) {
    this.flaw = flaw;
    this.timeline = new Timeline(seed);
    this.chance = timeline.chance();
    this.calm = flaw == Flaw.NONE ? chance.nextInt(8) == 0 : flaw.shownBy().isEmpty();
    this.writes = !calm || chance.nextBoolean();
    if (flaw != Flaw.NONE) {
      troubles.addAll(flaw.shownBy());
    } else if (!calm) {
      int often = 100 + chance.nextInt(400);
      for (Trouble each : Trouble.values()) {
        if (timeline.happens(often)) {
          troubles.add(each);
        }
      }
    }
    Duration bound = Duration.ofMillis(1_000 + chance.nextInt(1_500));
    this.shape = new SimInstance.Shape(bound, Duration.ofMillis(2_000 + chance.nextInt(18_000)), Duration.ofSeconds(1),
        calm ? 8 : 1 + chance.nextInt(4), () -> has(Trouble.THREADS_PAUSED) && !ending ? 2 : 0, chance.nextBoolean(),
        chance.nextBoolean(), chance.nextInt(3));
    this.db = new SimDb(timeline);
    db.relaysNothing = flaw == Flaw.NOTHING_RELAYED;
    // A generation that is evicted while the clock goes back is noticed by the next look at the log.
    boolean boundAlone = has(Trouble.KEY_EVICTED) && has(Trouble.CLOCK_STEPS);
    this.oracle = new SimOracle(timeline, db, KEYS, bound.toNanos(), boundAlone);
    this.source = new SimSource(timeline, db, oracle, calm);
    this.primary = new SimServer(timeline, scripts);
    primary.observe((server, entry) -> oracle.executes(server, entry, timeline.now()));
  }

  boolean has(Trouble trouble) {
    return troubles.contains(trouble);
  }

  /** Another instance, which finds the primary and is one of the fleet. */
  SimInstance start(String name) {
    Timeline.Machine machine = timeline.machine();
    SimLink.Faults faults = new SimLink.Faults();
    faults.forgesChain = flaw == Flaw.CHAIN_NOT_LOOKED_AT;
    faults.forgesChecks = flaw == Flaw.PROOF_WITHOUT_CHECK;
    SimLink link = new SimLink(name, timeline, () -> primary, faults);
    SimInstance instance = new SimInstance(name, timeline, machine, db.client(machine), link, faults, oracle.view(),
        shape, source);
    instances.add(instance);
    return instance;
  }

  /** Has a thread of a machine do something, by a name that nobody else has; the run waits for its end. */
  void begin(Timeline.Machine machine, String name, Runnable work) {
    busy.put(name, machine);
    machine.start(name, () -> {
      work.run();
      busy.remove(name);
    });
  }

  /** Lets time pass until all that was begun has ended, or its machine. */
  void goOn(long until, String otherwise) {
    if (!timeline.run(() -> busy.values().stream().allMatch(Timeline.Machine::isDead), until)) {
      throw new AssertionError(busy.keySet() + " " + otherwise);
    }
  }
}
