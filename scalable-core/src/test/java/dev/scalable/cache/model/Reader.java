package dev.scalable.cache.model;

import dev.scalable.cache.model.Explorer.Steps;
import java.util.function.BiConsumer;

/** A caller that reads the key once, or refreshes it. */
final class Reader {

  private static final int NONE = -1;
  /** Tokens of instances come after those of loads. */
  private static final int TOKENS_OF_INSTANCES = 10;

  private final int number;
  private final int home;
  private final boolean refreshes;
  private final String who;

  /** Where a reader is. */
  enum Stage {
    BEGINS,
    /** It has found a version in the heap and has yet to look at the proof: only without its rule. */
    HAS_FOUND,
    /** It has asked whether the key is pending, and has yet to take the place: only without its rule. */
    NOT_PENDING,
    /** It has the place, or goes without. */
    PLACED,
    LOOKS_FAR,
    HAS_LEASE,
    GOES_ALONE,
    HAS_LOADED,
    /** It has a value that may stay. */
    LANDS,
    /** It has a value that may not stay. */
    PASSES,
    WAITS,
    DONE
  }

  private static final Stage[] STAGES = Stage.values();

  Stage stage = Stage.BEGINS;
  /** The version in hand; NONE when a loader has failed. */
  int version = NONE;
  /** The version that has expired, for when the loader fails. */
  int stale = NONE;
  int token = NONE;
  /** The generation that the lease was granted in. */
  int generation = NONE;
  /** The reader that it waits for, or whose value a refresh is to replace. */
  int other = NONE;
  /** The floor and the tick when it began. */
  int floor = NONE;
  int begun;

  Reader(int number, Setting.Reading reading) {
    this.number = number;
    this.home = reading.home();
    this.refreshes = reading.refreshes();
    this.who = reading.who();
  }

  void pack(Bits bits) {
    stage = bits.of(stage, STAGES);
    version = bits.of(version);
    stale = bits.of(stale);
    token = bits.of(token);
    generation = bits.of(generation);
    other = bits.of(other);
    floor = bits.of(floor);
    begun = bits.of(begun);
  }

  /** What this reader has done with one step of its own. */
  private void step(Steps<World> steps, String does, int of, BiConsumer<World, Reader> change) {
    steps.add(who, does, of, next -> change.accept(next, next.readers[number]));
  }

  private void step(Steps<World> steps, String does, BiConsumer<World, Reader> change) {
    step(steps, does, NONE, change);
  }

  void steps(World world, Steps<World> steps) {
    switch (stage) {
      case BEGINS -> begin(world, steps);
      case HAS_FOUND -> step(steps, "looks at the proof only now, with the heap's version in hand:", version, (next, me) -> {
        if (next.instances[home].proven(next)) {
          me.finish(next, me.version);
        } else {
          me.become(Stage.DONE);
        }
      });
      case NOT_PENDING -> step(steps, "takes the place", (next, me) -> me.take(next, Stage.LOOKS_FAR));
      case PLACED -> step(steps, "asks whether the key is pending", (next, me) ->
          me.become(next.instances[home].pending && next.setting.has(Rule.PENDING_BYPASSES) ? Stage.GOES_ALONE : Stage.LOOKS_FAR));
      case LOOKS_FAR -> lookFar(world, steps);
      case HAS_LEASE -> load(world, steps);
      case GOES_ALONE -> step(steps, "loads for itself version", world.committed, (next, me) -> {
        me.version = next.committed;
        me.become(Stage.PASSES);
      });
      case HAS_LOADED -> fill(world, steps);
      case LANDS -> step(steps, "puts into the heap, if it has the place, version", version, (next, me) -> me.land(next));
      case PASSES -> step(steps, "returns, and keeps nothing of, version", version, (next, me) -> me.pass(next));
      case WAITS -> join(world, steps);
      case DONE -> { }
    }
  }

  private void become(Stage next) {
    stage = next;
    if (next == Stage.DONE) {
      stale = NONE;
      token = NONE;
      generation = NONE;
      other = NONE;
      floor = NONE;
      begun = 0;
    }
  }

  private void begin(World world, Steps<World> steps) {
    Instance instance = world.instances[home];
    int served = instance.serves(world);
    if (refreshes) {
      if (served != NONE) {
        step(steps, "begins with the heap's version", served, (next, me) -> {
          me.other = next.instances[home].nearOf;
          me.start(next, Stage.LOOKS_FAR);
        });
      }
    } else if (world.setting.proves() && !world.setting.has(Rule.PROOF_THEN_LOOK) && instance.near != NONE) {
      step(steps, "finds in the heap version", instance.near, (next, me) -> {
        me.version = next.instances[home].near;
        me.start(next, Stage.HAS_FOUND);
      });
    } else if (served != NONE) {
      step(steps, "is served from the heap version", served, (next, me) -> {
        me.start(next, Stage.BEGINS);
        me.finish(next, served);
      });
    } else if (!world.setting.has(Rule.PLACE_THEN_PENDING)) {
      step(steps, "asks whether the key is pending", (next, me) ->
          me.start(next, next.instances[home].pending ? Stage.GOES_ALONE : Stage.NOT_PENDING));
    } else {
      step(steps, "finds nothing in the heap and takes the place", (next, me) -> {
        me.start(next, Stage.BEGINS);
        me.take(next, world.setting.can(Fault.INVALIDATION_UNANSWERED) ? Stage.PLACED : Stage.LOOKS_FAR);
      });
    }
  }

  private void start(World world, Stage next) {
    floor = world.setting.goesBack() ? NONE : world.instances[home].floor;
    begun = world.setting.bound() > 0 ? world.now : 0;
    stage = next;
  }

  /** Takes the place, or joins who has it. */
  private void take(World world, Stage next) {
    Instance instance = world.instances[home];
    boolean places = world.setting.has(Rule.PLACE_FIRST)
        && (instance.proven(world) || !world.setting.has(Rule.NO_PLACE_WHILE_UNPROVEN));
    if (places && instance.flight != NONE) {
      other = instance.flight;
      become(Stage.WAITS);
      return;
    }
    if (places) {
      instance.removeNear();
      instance.flight = number;
    }
    become(next);
  }

  private void lookFar(World world, Steps<World> steps) {
    Instance instance = world.instances[home];
    Server server = world.dataOf(instance);
    boolean asks = !instance.proven(world) && world.setting.has(Rule.GENERATION_ASKED_WHILE_UNPROVEN);
    if (!refreshes && server.serves(asks ? server.generation : instance.knownGeneration)) {
      step(steps, "finds in Redis version", server.value, (next, me) -> me.found(next));
      return;
    }
    if (!world.setting.has(Rule.LEASE)) {
      step(steps, "finds nothing in Redis", (next, me) -> me.become(Stage.HAS_LEASE));
      return;
    }
    if (!refreshes && server.serves(server.generation)) {
      step(steps, "asks for the lease and finds version", server.value, (next, me) -> {
        me.learn(next, server.generation);
        me.found(next);
      });
    } else if (server.lease == NONE) {
      step(steps, "gets the lease", (next, me) -> {
        Server there = next.dataOf(next.instances[home]);
        there.needGeneration(next);
        me.generation = there.generation;
        me.token = next.setting.has(Rule.TOKEN_PER_LOAD) ? number : TOKENS_OF_INSTANCES + home;
        there.lease = me.token;
        me.stale = there.expired && there.valueGeneration == there.generation && next.setting.can(Fault.LOAD_FAILS)
            ? there.value : NONE;
        me.become(Stage.HAS_LEASE);
      });
    } else if (refreshes) {
      step(steps, "finds the lease given away", (next, me) -> me.become(Stage.DONE));
    } else if (world.setting.can(Fault.WAIT_ENDS)) {
      step(steps, "has waited long enough for the lease", (next, me) -> me.become(Stage.GOES_ALONE));
    }
  }

  private void found(World world) {
    Server server = world.dataOf(world.instances[home]);
    version = server.value;
    if (!world.setting.goesBack() && world.beyondBound(version, world.now)) {
      world.broken = Invariant.NEVER_BEYOND_THE_BOUND;
    }
    become(Stage.LANDS);
  }

  /** Takes note of a generation that came with a reply of Redis, however old that reply is. */
  private void learn(World world, int of) {
    Instance instance = world.instances[home];
    if (of > instance.knownGeneration || !world.setting.has(Rule.GENERATION_ONLY_FORWARD)) {
      instance.knownGeneration = of;
    }
  }

  private void load(World world, Steps<World> steps) {
    step(steps, "loads version", world.committed, (next, me) -> {
      me.learn(next, me.generation);
      me.version = next.committed;
      Instance instance = next.instances[home];
      if (next.setting.has(Rule.ANSWER_THEN_STORE) && !refreshes && instance.flight == number) {
        instance.flight = NONE;
        instance.near = me.version;
        instance.nearOf = number;
      }
      me.become(Stage.HAS_LOADED);
    });
    if (world.setting.can(Fault.LOAD_FAILS)) {
      step(steps, "fails to load and has to serve", stale, (next, me) -> me.fail(next));
    }
  }

  /** Releases the lease, and serves what has expired if there is any. */
  private void fail(World world) {
    Server server = world.dataOf(world.instances[home]);
    if (server.lease == token) {
      server.lease = NONE;
    }
    version = stale;
    become(Stage.PASSES);
  }

  private void fill(World world, Steps<World> steps) {
    Server server = world.dataOf(world.instances[home]);
    boolean held = server.lease == token && token != NONE;
    boolean current = server.generation == generation || !world.setting.has(Rule.GENERATION_AT_FILL);
    if (!world.setting.has(Rule.LEASE) || (held && current)) {
      step(steps, "stores in Redis version", version, (next, me) -> {
        Server there = next.dataOf(next.instances[home]);
        there.value = me.version;
        there.valueGeneration = next.setting.has(Rule.GENERATION_AT_FILL) && me.generation != NONE ? me.generation
            : there.generation;
        there.expired = false;
        if (next.setting.has(Rule.LEASE)) {
          there.lease = NONE;
        }
        me.become(Stage.LANDS);
      });
    } else {
      step(steps, "is fenced and does not store version", version, (next, me) -> {
        Server there = next.dataOf(next.instances[home]);
        if (held) {
          there.lease = NONE;
        }
        me.become(next.setting.has(Rule.FENCED_NOT_KEPT) ? Stage.PASSES : Stage.LANDS);
      });
    }
  }

  private void land(World world) {
    Instance instance = world.instances[home];
    boolean put;
    if (refreshes) {
      put = instance.nearOf == other || !world.setting.has(Rule.REFRESH_REPLACES_ITS_OWN);
    } else {
      put = instance.flight == number || !world.setting.has(Rule.PLACE_FIRST);
    }
    if (put) {
      instance.near = version;
      instance.nearOf = number;
    }
    if (instance.flight == number) {
      instance.flight = NONE;
    }
    finish(world, version);
  }

  private void pass(World world) {
    Instance instance = world.instances[home];
    if (instance.flight == number) {
      instance.flight = NONE;
    }
    if (instance.nearOf == number) {
      instance.removeNear();
    }
    finish(world, version);
  }

  private void join(World world, Steps<World> steps) {
    Reader first = world.readers[other];
    boolean answered = first.stage == Stage.DONE
        || (world.setting.has(Rule.ANSWER_THEN_STORE) && first.version != NONE && first.stage != Stage.LOOKS_FAR);
    if (answered) {
      step(steps, "gets what it has waited for, version", first.version, (next, me) -> me.finish(next, first.version));
    }
  }

  private void finish(World world, int returned) {
    if (!refreshes && returned != NONE) {
      world.returned(returned, floor, begun);
    }
    version = returned;
    become(Stage.DONE);
  }
}
