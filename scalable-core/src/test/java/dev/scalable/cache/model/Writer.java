package dev.scalable.cache.model;

import dev.scalable.cache.model.Explorer.Steps;
import java.util.Arrays;
import java.util.function.BiConsumer;

/** Somebody who changes the row once and says so; and the relay, which says so in his stead. */
final class Writer {

  private static final int NONE = -1;

  private final int number;
  private final int home;
  private final Setting.Change change;
  private final String who;

  /** Where a writer is. */
  enum Stage {
    BEGINS,
    /** It has announced what it has yet to commit: only without its rule. */
    HAS_ANNOUNCED,
    HAS_COMMITTED,
    /** It has removed the key from the heap and not yet from Redis: only without its rule. */
    HAS_REMOVED_NEAR,
    /** Redis has taken the invalidation, and the heap has yet to. */
    TAKEN,
    UNANSWERED,
    /** The key is pending and not yet removed from the heap. */
    PENDING,
    /** The key is removed from the heap and not yet pending: only without its rule. */
    NOT_YET_PENDING,
    TRIES_AGAIN,
    SETTLED,
    DONE
  }

  private static final Stage[] STAGES = Stage.values();

  Stage stage = Stage.BEGINS;
  /** The newest version committed when it was announced. */
  int version = NONE;
  /** The generation that it has made by clearing. */
  int generation = NONE;

  Writer(int number, Setting.Writing writing) {
    this.number = number;
    this.home = writing.home();
    this.change = writing.change();
    this.who = writing.who();
  }

  void pack(Bits bits) {
    stage = bits.of(stage, STAGES);
    version = bits.of(version);
    generation = bits.of(generation);
  }

  private void step(Steps<World> steps, String does, int of, BiConsumer<World, Writer> taken) {
    steps.add(who, does, of, next -> taken.accept(next, next.writers[number]));
  }

  private void step(Steps<World> steps, String does, BiConsumer<World, Writer> taken) {
    step(steps, does, NONE, taken);
  }

  void steps(World world, Steps<World> steps) {
    switch (change) {
      case THE_KEY -> invalidates(world, steps);
      case ALL_KEYS -> clears(world, steps);
      case ANOTHER_KEY -> another(steps, world.instances[home].dataLink);
      case ANOTHER_KEY_AT_OLD_PRIMARY -> another(steps, 0);
    }
  }

  private void invalidates(World world, Steps<World> steps) {
    switch (stage) {
      case BEGINS -> {
        if (world.setting.has(Rule.COMMIT_FIRST)) {
          commits(world, steps, Stage.HAS_COMMITTED);
        } else {
          step(steps, "invalidates before it commits", (next, me) -> {
            next.dataOf(next.instances[home]).invalidate(next, home);
            next.instances[home].removeNear();
            me.stage = Stage.HAS_ANNOUNCED;
          });
        }
      }
      case HAS_ANNOUNCED -> commits(world, steps, Stage.DONE);
      case HAS_COMMITTED -> {
        if (world.setting.has(Rule.FAR_THEN_NEAR)) {
          step(steps, "invalidates in Redis", (next, me) -> me.announce(next, Stage.TAKEN));
        } else {
          step(steps, "removes from the heap", (next, me) -> {
            next.instances[home].removeNear();
            me.stage = Stage.HAS_REMOVED_NEAR;
          });
        }
        if (world.setting.can(Fault.WRITER_KILLED)) {
          step(steps, "is killed", (next, me) -> me.stage = Stage.DONE);
        }
        if (world.setting.can(Fault.INVALIDATION_UNANSWERED)) {
          step(steps, "invalidates in Redis and gets no answer", (next, me) -> me.announce(next, Stage.UNANSWERED));
          step(steps, "cannot reach Redis", (next, me) -> me.failed(next, Stage.UNANSWERED));
        }
      }
      case HAS_REMOVED_NEAR -> step(steps, "invalidates in Redis and returns", (next, me) -> {
        me.announce(next, Stage.HAS_REMOVED_NEAR);
        next.instances[home].appliedTo(me.version);
        me.finish();
      });
      case TAKEN -> step(steps, "removes from the heap and returns", (next, me) -> {
        me.removeAndReturn(next);
        me.finish();
      });
      case UNANSWERED -> {
        boolean pendingFirst = world.setting.has(Rule.PENDING_THEN_NEAR);
        step(steps, pendingFirst ? "makes the key pending" : "removes from the heap", (next, me) -> {
          if (pendingFirst) {
            next.instances[home].pending = true;
          } else {
            next.instances[home].removeNear();
          }
          me.stage = pendingFirst ? Stage.PENDING : Stage.NOT_YET_PENDING;
        });
      }
      case PENDING -> step(steps, "removes from the heap and returns", (next, me) -> {
        me.removeAndReturn(next);
        me.stage = Stage.TRIES_AGAIN;
      });
      case NOT_YET_PENDING -> step(steps, "makes the key pending and returns", (next, me) -> {
        next.instances[home].pending = true;
        next.instances[home].appliedTo(me.version);
        me.stage = Stage.TRIES_AGAIN;
      });
      case TRIES_AGAIN -> step(steps, "invalidates in Redis, once more", (next, me) -> me.announce(next, Stage.SETTLED));
      case SETTLED -> step(steps, "settles what was pending", (next, me) -> {
        // With one writer at an instance; several keep the key pending until the last of them is settled.
        next.instances[home].pending = Arrays.stream(next.writers).anyMatch(writer -> writer != me && writer.home == home
            && (writer.stage == Stage.PENDING || writer.stage == Stage.TRIES_AGAIN || writer.stage == Stage.SETTLED));
        me.finish();
      });
      case DONE -> { }
    }
  }

  private void clears(World world, Steps<World> steps) {
    switch (stage) {
      case BEGINS -> commits(world, steps, Stage.HAS_COMMITTED);
      case HAS_COMMITTED -> step(steps, "clears in Redis", (next, me) -> {
        Server server = next.dataOf(next.instances[home]);
        server.clear(next, home);
        me.version = next.committed;
        me.generation = server.generation;
        me.stage = Stage.TAKEN;
      });
      case TAKEN -> step(steps, "clears the heap and returns", (next, me) -> {
        me.removeAndReturn(next);
        next.instances[home].knownGeneration = Math.max(next.instances[home].knownGeneration, me.generation);
        me.finish();
      });
      default -> { }
    }
  }

  private void another(Steps<World> steps, int server) {
    if (stage == Stage.BEGINS) {
      step(steps, "invalidates another key", (next, me) -> {
        next.servers[server].invalidateAnother(next);
        me.finish();
      });
    }
  }

  private void commits(World world, Steps<World> steps, Stage then) {
    step(steps, "commits version", world.committed + 1, (next, me) -> {
      next.committed++;
      if (next.setting.has(Rule.OUTBOX) && (next.setting.can(Fault.WRITER_KILLED) || next.setting.can(Fault.FAILOVER))) {
        next.outbox[number] = World.DUE;
      }
      me.stage = then;
    });
  }

  private void announce(World world, Stage then) {
    Server server = world.dataOf(world.instances[home]);
    server.invalidate(world, home);
    boolean answered = then != Stage.UNANSWERED && server.epoch != Server.NONE;
    if (answered && world.outbox[number] != World.NO_ROW) {
      world.noted[number] = server.epoch;
    }
    failed(world, then);
  }

  private void failed(World world, Stage then) {
    version = world.committed;
    stage = then;
  }

  private void removeAndReturn(World world) {
    world.instances[home].removeNear();
    world.instances[home].appliedTo(version);
  }

  private void finish() {
    generation = NONE;
    version = NONE;
    stage = Stage.DONE;
  }

  /** What the relays do, and what the table is told late. */
  static void relay(World world, Steps<World> steps) {
    for (int i = 0; i < world.outbox.length; i++) {
      int row = i;
      if (world.isDue(row)) {
        steps.add("a relay", "invalidates in Redis what its row says of writer", row + 1, next -> {
          Server server = next.servers[next.primary];
          server.invalidate(next, NONE);
          next.taken(row, server.epoch);
        });
      }
      if (world.noted[row] != World.NO_ROW) {
        steps.add("the table", "learns that Redis has taken what its row says of writer", row + 1, next -> {
          next.taken(row, next.noted[row]);
          next.noted[row] = World.NO_ROW;
        });
      }
    }
  }
}
