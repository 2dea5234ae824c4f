package dev.scalable.cache.model;

import dev.scalable.cache.model.Entry.Name;
import dev.scalable.cache.model.Explorer.Steps;
import org.jspecify.annotations.Nullable;

/** An instance: its heap, and its reader of the log. What counts its losses there is emptied here, which is the same. */
final class Instance {

  static final int NONE = -1;
  /** Whose value the heap has at the beginning. */
  static final int THE_BEGINNING = 13;

  final int number;
  private final String who;

  /** The version in the heap, and the reader that put it there. */
  int near = NONE;
  int nearOf = NONE;
  /** The reader that has the key's place and is under way. */
  int flight = NONE;
  /** Whether an invalidation of the key was not acknowledged. */
  boolean pending;
  /** The newest version whose invalidation was applied here, or issued and returned from. */
  int floor = NONE;
  int knownGeneration;

  /** What the reader of the log is at. */
  enum Stage { FOLLOWS, HAS_ASKED, IS_ANSWERED, JOINS }

  private static final Stage[] STAGES = Stage.values();

  Stage stage = Stage.FOLLOWS;
  Name applied = Name.START;
  int epoch;
  /** The head that a check has seen and that is to be confirmed. */
  Name target = Name.NONE;
  int seenEpoch = NONE;
  /** Whether the check was answered by another server than that on which the epoch began. */
  boolean seenAnother;
  /** When the check under way was begun. */
  int begun;
  int provenUntil;
  /** The servers that the two links go to. */
  int dataLink;
  int logLink;

  Instance(int number) {
    this.number = number;
    this.who = number == Setting.A ? "the log reader of A" : "the log reader of B";
  }

  void pack(Bits bits, Setting setting) {
    near = bits.of(near);
    nearOf = bits.of(nearOf);
    flight = bits.of(flight);
    floor = bits.of(floor);
    pending = bits.of(pending);
    knownGeneration = bits.of(knownGeneration);
    stage = bits.of(stage, STAGES);
    applied = applied.pack(bits);
    epoch = bits.of(epoch);
    if (setting.goesBack()) {
      dataLink = bits.of(dataLink);
      logLink = bits.of(logLink);
    }
    if (setting.bound() > 0) {
      target = target.pack(bits);
      seenEpoch = bits.of(seenEpoch);
      seenAnother = bits.of(seenAnother);
      begun = bits.of(begun);
      provenUntil = bits.of(provenUntil);
    }
  }

  boolean proven(World world) {
    return world.setting.proves() ? world.now < provenUntil : stage != Stage.JOINS;
  }

  /** The version that a look into the heap finds; NONE if it may not be served. */
  int serves(World world) {
    return proven(world) ? near : NONE;
  }

  /** Gives up the key's place, whoever has it. */
  void removeNear() {
    near = NONE;
    nearOf = NONE;
    flight = NONE;
  }

  void appliedTo(int version) {
    floor = Math.max(floor, version);
  }

  void steps(World world, Steps<World> steps) {
    switch (stage) {
      case FOLLOWS -> follow(world, steps);
      case HAS_ASKED -> steps.add(who, "has its check answered by Redis", next -> answer(next, me(next)));
      case IS_ANSWERED -> steps.add(who, "gets the answer to its check", next -> me(next).compare(next));
      case JOINS -> steps.add(who, "joins at the head", next -> me(next).join(next));
    }
  }

  private Instance me(World next) {
    return next.instances[number];
  }

  private void follow(World world, Steps<World> steps) {
    Entry entry = world.servers[logLink].after(applied);
    if (entry != null) {
      steps.add(who, "reads an entry", next -> me(next).read(next, entry));
    } else if (!target.equals(Name.NONE)) {
      steps.add(who, "finds that the log ends before its head", next -> me(next).lose());
    }
    if (world.setting.bound() == 0) {
      // Without a clock, a check is of interest only when it finds something.
      if (entry == null && finds(world, world.servers[checkLink(world)])) {
        steps.add(who, "checks, and finds something missing", next -> me(next).lose());
      }
    } else if (target.equals(Name.NONE) && world.setting.proves()) {
      steps.add(who, "sends a check", next -> {
        me(next).begun = next.now;
        me(next).stage = Stage.HAS_ASKED;
      });
    }
  }

  private int checkLink(World world) {
    return world.setting.has(Rule.CHECK_OVER_DATA_LINK) ? dataLink : logLink;
  }

  private boolean finds(World world, Server server) {
    return server.epoch != epoch || !server.isOfItsEpoch(world) || !server.last.equals(applied);
  }

  private static void answer(World world, Instance me) {
    Server server = world.servers[me.checkLink(world)];
    me.target = server.last;
    me.seenEpoch = server.epoch;
    me.seenAnother = !server.isOfItsEpoch(world);
    me.stage = Stage.IS_ANSWERED;
  }

  private void compare(World world) {
    Name head = target;
    boolean replaced = seenEpoch != epoch || seenAnother || head.equals(Name.NONE);
    seenEpoch = NONE;
    seenAnother = false;
    stage = Stage.FOLLOWS;
    if (replaced || head.id() < applied.id() || (head.id() == applied.id() && !head.equals(applied))) {
      lose();
    } else if (head.equals(applied)) {
      confirm(world);
    }
  }

  private void confirm(World world) {
    provenUntil = Math.max(provenUntil, (world.setting.has(Rule.PROOF_FROM_SEND) ? begun : world.now) + world.setting.bound());
    target = Name.NONE;
    begun = 0;
  }

  private void read(World world, Entry entry) {
    if (world.setting.has(Rule.CHAIN) && !entry.before().equals(applied)) {
      lose();
      return;
    }
    if (world.setting.has(Rule.OWN_ENTRIES) || entry.by() != number) {
      apply(world, entry);
    }
    applied = entry.name();
    if (!target.equals(Name.NONE)) {
      if (applied.equals(target) || (!world.setting.has(Rule.VERY_HEAD) && applied.id() >= target.id())) {
        confirm(world);
      } else if (applied.id() >= target.id()) {
        lose();
      }
    }
  }

  private void apply(World world, Entry entry) {
    if (entry.generation() != NONE) {
      if (world.setting.has(Rule.CLEAR_TELLS_GENERATION)) {
        knownGeneration = Math.max(knownGeneration, entry.generation());
      }
      near = NONE;
      nearOf = NONE;
      if (world.setting.has(Rule.CLEAR_TAKES_PLACES)) {
        flight = NONE;
      }
      appliedTo(entry.version());
    } else if (entry.version() != NONE) {
      removeNear();
      appliedTo(entry.version());
    }
  }

  /** What was in the heap is a thing of the past, and so is every load in flight. */
  private void lose() {
    removeNear();
    provenUntil = 0;
    begun = 0;
    target = Name.NONE;
    stage = Stage.JOINS;
  }

  private void join(World world) {
    Server server = world.dataOf(this);
    server.join(world);
    if (world.setting.has(Rule.REPLAY) && !world.setting.has(Rule.ROW_OF_ONE_EPOCH)) {
      world.unmark();
    }
    epoch = server.epoch;
    applied = server.last;
    knownGeneration = server.generation;
    appliedTo(server.fence);
    stage = Stage.FOLLOWS;
  }

  @Nullable Invariant broken(World world) {
    int served = serves(world);
    if (served == NONE) {
      return null;
    }
    if (!world.setting.goesBack() && served < floor) {
      return Invariant.NEVER_BEHIND_WHAT_WAS_APPLIED;
    }
    return world.beyondBound(served, world.now) ? Invariant.NEVER_BEYOND_THE_BOUND : null;
  }
}
