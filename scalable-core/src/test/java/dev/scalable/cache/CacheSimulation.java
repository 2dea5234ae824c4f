package dev.scalable.cache;

import dev.scalable.http.Lookup;
import dev.scalable.redis.SimLink;
import dev.scalable.redis.SimScripts;
import dev.scalable.redis.SimServer;
import dev.scalable.simulation.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

  private static final int KEYS = 3;
  private static final long SECOND = 1_000_000_000L;

  /** What can go wrong. */
  enum Trouble {
    LOST_MESSAGES, LATE_MESSAGES, INSTANCE_CUT_OFF, READER_HALF_OPEN, INSTANCE_PAUSED, THREADS_PAUSED, REDIS_FLUSHED,
    LOG_TRIMMED, ENTRY_DELETED, KEY_EVICTED, REDIS_DOWN, OLD_DUMP_LOADED, FAILOVER, FAILOVER_BEHIND, CLOCK_STEPS,
    INSTANCE_KILLED, DATABASE_AWAY, COMMIT_UNKNOWN, LOADS_FAIL
  }

  /** What is broken on purpose, for the simulation to find, and what has to go wrong for it to show. */
  enum Flaw {
    /** Nothing is broken, and anything may go wrong, or nothing. */
    NONE,
    /** Whoever asks for a lease gets it; shows while all is well. */
    LEASE_FOR_EVERYBODY,
    /** A value is stored whether or not its lease still stands. */
    FILL_WITHOUT_LEASE(Trouble.LATE_MESSAGES),
    /** An invalidation leaves the right to fill. */
    LEASE_SURVIVES_INVALIDATION(Trouble.LATE_MESSAGES),
    /** A value is stored though all keys were invalidated after its load began. */
    FILL_WITHOUT_GENERATION(Trouble.LATE_MESSAGES),
    /** That an entry of the log names its predecessor is of no interest. */
    CHAIN_NOT_LOOKED_AT(Trouble.READER_HALF_OPEN, Trouble.ENTRY_DELETED, Trouble.LATE_MESSAGES),
    /** The heap is served whether or not the log is read. */
    PROOF_WITHOUT_CHECK(Trouble.INSTANCE_CUT_OFF),
    /** A generation that was evicted is not missed. */
    GENERATION_NOT_LOOKED_AT(Trouble.KEY_EVICTED, Trouble.CLOCK_STEPS),
    /** A new primary is taken for the one before. */
    FAILOVER_NOT_SEEN(Trouble.FAILOVER_BEHIND),
    /** Nobody sends what was announced in transactions. */
    NOTHING_RELAYED(Trouble.OLD_DUMP_LOADED, Trouble.INSTANCE_KILLED);

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Trouble> shownBy;

    Flaw(Trouble... shownBy) {
      this.shownBy = List.of(shownBy);
    }

    String edit(String script) {
      return switch (this) {
        case FILL_WITHOUT_LEASE -> script.replace("if redis.call('GET',KEYS[2])~=ARGV[1] then return {0} end\n", "");
        case LEASE_FOR_EVERYBODY -> script.replace("'NX','PX',ARGV[2]", "'PX',ARGV[2]");
        case LEASE_SURVIVES_INVALIDATION -> script.replace("for i=4,#KEYS do", "for i=4,#KEYS,2 do");
        case FILL_WITHOUT_GENERATION -> script
            .replace("if redis.call('GET',KEYS[3])~=ARGV[2] then return {0} end", "")
            .replace("struct.pack('>I8',fresh)..ARGV[2]", "struct.pack('>I8',fresh)..redis.call('GET',KEYS[3])");
        case GENERATION_NOT_LOOKED_AT -> script.replace("reply[i+1]=redis.call('GET',KEYS[i]) or ''",
            "reply[i+1]=string.rep('\\255',8)");
        case FAILOVER_NOT_SEEN -> script.replace("if not e or redis.call('GET',KEYS[4])~=s then", "if not e then")
            .replace("redis.call('GET',KEYS[3])==s and 1 or 0", "1");
        default -> script;
      };
    }
  }

  private final Flaw flaw;
  private final Timeline timeline;
  private final Random chance;
  private final Set<Trouble> troubles = EnumSet.noneOf(Trouble.class);
  private final SimDb db;
  private final SimOracle oracle;
  private final SimSource source;
  private final SimInstance.Shape shape;
  private final boolean calm;
  private final boolean writes;
  private final List<SimInstance> instances = new ArrayList<>();
  private final List<SimServer> servers = new ArrayList<>();
  private SimServer primary;
  private final Map<String, Timeline.Machine> busy = new LinkedHashMap<>();
  /** Keys whose latest change was announced in no transaction, or of which that is not known. */
  private final Set<Long> unannounced = new HashSet<>();
  private boolean mayBeForgotten;
  private boolean ending;
  private long troubledUntil;
  private long reads;

  /** What a run came to. */
  record Outcome(long trace, long turns, long reads, Set<Trouble> troubles) {}

  private CacheSimulation(long seed, SimScripts scripts, Flaw flaw) {
    this.flaw = flaw;
    this.timeline = new Timeline(seed);
    this.chance = timeline.chance();
    this.calm = flaw == Flaw.NONE ? chance.nextInt(8) == 0 : flaw.shownBy.isEmpty();
    this.writes = !calm || chance.nextBoolean();
    if (flaw != Flaw.NONE) {
      troubles.addAll(flaw.shownBy);
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
    servers.add(primary);
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
      return new Outcome(timeline.trace(), timeline.turns(), simulation.reads, simulation.troubles);
    } catch (AssertionError e) {
      throw new AssertionError("Seed " + seed + " at " + simulation.timeline.now() / 1_000_000 + " ms with "
          + simulation.troubles + ": " + e.getMessage(), e);
    }
  }

  private boolean has(Trouble trouble) {
    return troubles.contains(trouble);
  }

  private void run() {
    int count = 2 + chance.nextInt(2);
    for (int i = 0; i < count; i++) {
      instances.add(instance("instance " + i));
    }
    long workUntil = 6 * SECOND;
    for (SimInstance each : List.copyOf(instances)) {
      populate(each, 14);
    }
    Timeline.Machine outside = timeline.machine();
    if (!troubles.isEmpty()) {
      busy.put("trouble", outside);
      outside.start("trouble", () -> trouble(workUntil));
    }
    goOn(workUntil + 60 * SECOND, "did not come to an end");
    heal();
    // Whatever was begun has ended by then, and what was lost is sent again.
    timeline.run(() -> false, Math.max(timeline.now(), troubledUntil) + 5 * SECOND);
    check("fresh", false);
    if (mayBeForgotten && !has(Trouble.CLOCK_STEPS)) {
      // What has expired may be served once more where a new value takes long, for as long as it is kept.
      long kept = shape.ttl().toNanos() * (shape.stale() ? 2 : 1);
      timeline.run(() -> false, timeline.now() + kept + SECOND);
      check("fresh after all that was cached has expired", true);
    }
  }

  private void goOn(long until, String otherwise) {
    if (!timeline.run(() -> busy.values().stream().allMatch(Timeline.Machine::isDead), until)) {
      throw new AssertionError(busy.keySet() + " " + otherwise);
    }
  }

  private SimInstance instance(String name) {
    Timeline.Machine machine = timeline.machine();
    SimLink.Faults faults = new SimLink.Faults();
    faults.forgesChain = flaw == Flaw.CHAIN_NOT_LOOKED_AT;
    faults.forgesChecks = flaw == Flaw.PROOF_WITHOUT_CHECK;
    SimLink link = new SimLink(name, timeline, () -> primary, faults);
    return new SimInstance(name, timeline, machine, db.client(machine), link, faults, oracle.view(), shape, source);
  }

  private void populate(SimInstance instance, int steps) {
    for (int i = 0; i < 3; i++) {
      actor(instance, instance.name + " reader " + i, steps, () -> read(instance));
    }
    if (writes) {
      actor(instance, instance.name + " writer", steps / 3, () -> write(instance));
    }
  }

  private void actor(SimInstance instance, String name, int steps, Runnable step) {
    busy.put(name, instance.machine);
    instance.machine.start(name, () -> {
      for (int i = 0; i < steps && !ending; i++) {
        timeline.sleepOn(chance.nextLong(timeline.happens(200) ? 1_500_000_000L : 100_000_000));
        step.run();
      }
      busy.remove(name);
    });
  }

  private void read(SimInstance instance) {
    long key = chance.nextInt(KEYS);
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
      if (calm) {
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
    oracle.judge(instance.name + " by " + call, floor, found == null ? 0 : found);
  }

  private void getAll(SimInstance instance) {
    Map<Long, SimOracle.Floor> floors = new HashMap<>();
    Set<Long> wanted = new LinkedHashSet<>();
    for (int i = 0; i < 2; i++) {
      long key = chance.nextInt(KEYS);
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
    if (proven == Long.MIN_VALUE || floor.at() > proven + shape.bound().toNanos()) {
      throw new AssertionError(instance.name + " has served key " + key + " from its heap at " + floor.at()
          + " ns, and its last look at the log that was answered began at " + proven + " ns");
    }
  }

  private void write(SimInstance instance) {
    Set<Long> changed = new LinkedHashSet<>();
    for (int i = 0; i < (timeline.happens(300) ? 2 : 1); i++) {
      changed.add((long) chance.nextInt(KEYS));
    }
    boolean all = timeline.happens(150);
    boolean announced = timeline.happens(600);
    int era = oracle.era();
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
          seen.put(key, db.version(key));
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
      if (calm) {
        throw new AssertionError("a write fails while all is well", e);
      }
    }
  }

  private void trouble(long until) {
    List<Trouble> possible = List.copyOf(troubles);
    while (timeline.now() < until) {
      timeline.sleepOn(50_000_000 + chance.nextLong(1_200_000_000));
      befall(possible.get(chance.nextInt(possible.size())));
    }
    busy.remove("trouble");
  }

  private SimInstance any() {
    return instances.get(chance.nextInt(instances.size()));
  }

  private long upTo(double seconds) {
    return chance.nextLong((long) (seconds * SECOND));
  }

  private void befall(Trouble trouble) {
    SimInstance one = any();
    SimServer redis = primary;
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
        troubledUntil = Math.max(troubledUntil, timeline.now() + pause);
        one.machine.pause(pause);
      }
      case THREADS_PAUSED -> { }
      case REDIS_FLUSHED -> redis.flushAll();
      case LOG_TRIMMED -> redis.trim(chance.nextInt(3));
      case ENTRY_DELETED -> redis.deleteEntry();
      case KEY_EVICTED -> redis.evict(flaw == Flaw.GENERATION_NOT_LOOKED_AT ? "}g:" : "");
      case REDIS_DOWN -> {
        redis.down(true);
        timeline.in(upTo(4), () -> redis.down(false));
      }
      case OLD_DUMP_LOADED -> {
        Runnable load = redis.dump();
        timeline.in(upTo(4), () -> {
          lose();
          load.run();
          instances.forEach(each -> each.link.breakReads());
          settleIn(0);
        });
      }
      case FAILOVER -> {
        promote(redis.promoted());
        redis.down(true);
        instances.forEach(each -> each.link.breakReads());
      }
      case FAILOVER_BEHIND -> {
        SimServer replica = redis.promoted();
        timeline.in(upTo(2), () -> failOver(redis, replica));
      }
      case CLOCK_STEPS -> redis.step(chance.nextBoolean() ? chance.nextInt(4_000) - 2_000
          : chance.nextInt(7_200_000) - 3_600_000);
      case INSTANCE_KILLED -> {
        if (instances.size() > 1) {
          kill(one);
        }
      }
      case DATABASE_AWAY -> {
        db.away = true;
        timeline.in(upTo(2), () -> db.away = false);
      }
      case COMMIT_UNKNOWN -> {
        db.unknown = 300;
        timeline.in(upTo(3), () -> db.unknown = 0);
      }
      case LOADS_FAIL -> {
        source.fails = 200;
        timeline.in(upTo(3), () -> source.fails = 0);
      }
    }
  }

  private void lose() {
    oracle.loses();
    mayBeForgotten = true;
  }

  private void promote(SimServer replica) {
    primary = replica;
    servers.add(replica);
  }

  /** Not all hear of the new primary at the same time, and some not with all their connections. */
  private void failOver(SimServer old, SimServer replica) {
    if (primary != old) {
      return;
    }
    lose();
    promote(replica);
    boolean split = chance.nextBoolean();
    old.down(!split);
    long longest = 0;
    for (SimInstance each : instances) {
      long commands = upTo(1.5);
      long reader = upTo(1.5);
      longest = Math.max(longest, Math.max(commands, reader));
      SimServer[] seen = {old, old};
      each.link.lead(() -> seen[0], () -> seen[1]);
      timeline.in(commands, () -> seen[0] = replica);
      timeline.in(reader, () -> {
        seen[1] = replica;
        each.link.lead(() -> seen[0] == replica ? primary : seen[0], () -> primary);
      });
    }
    settleIn(longest);
  }

  /** All instances have found the same primary by then, and whatever was on its way has arrived. */
  private void settleIn(long nanos) {
    troubledUntil = Math.max(troubledUntil, timeline.now() + nanos + SECOND);
    timeline.in(nanos + SECOND, oracle::settled);
  }

  private void kill(SimInstance one) {
    one.machine.kill();
    db.died(one.machine);
    instances.remove(one);
    mayBeForgotten = true;
    long away = upTo(2);
    troubledUntil = Math.max(troubledUntil, timeline.now() + away);
    timeline.in(away, () -> {
      SimInstance next = instance(one.name + "'");
      instances.add(next);
      populate(next, 6);
    });
  }

  private void heal() {
    ending = true;
    db.away = false;
    db.unknown = 0;
    source.fails = 0;
    primary.down(false);
    for (SimInstance each : instances) {
      each.faults.lost = 0;
      each.faults.late = 0;
      each.faults.cut = false;
      each.faults.halfOpen = false;
      each.link.lead(() -> primary, () -> primary);
    }
  }

  /** Everywhere the newest version is shown, but of what may have been forgotten. */
  private void check(String what, boolean all) {
    for (SimInstance each : instances) {
      String name = each.name + " checked";
      busy.put(name, each.machine);
      each.machine.start(name, () -> {
        for (long key = 0; key < KEYS; key++) {
          if (all || !mayBeForgotten || !unannounced.contains(key)) {
            long newest = db.version(key);
            Long far = each.cache.getIfPresent(key);
            Long found = each.cache.get(key);
            require(found == null ? newest == 0 : found == newest, each, "gets version " + found + " of key " + key
                + " where " + newest + " has to be " + what);
            require(far == null || far == newest, each, "finds version " + far + " of key " + key + " where " + newest
                + " has to be " + what);
          }
        }
        busy.remove(name);
      });
    }
    goOn(timeline.now() + 60 * SECOND, "did not come to an end in peace");
    // Refreshes that were begun by this.
    timeline.run(() -> false, timeline.now() + 2 * SECOND);
    for (SimInstance each : instances) {
      require(each.free() == shape.maxLoads(), each, "has only " + each.free() + " of " + shape.maxLoads()
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
