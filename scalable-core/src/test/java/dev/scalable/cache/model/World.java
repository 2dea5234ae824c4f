package dev.scalable.cache.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A state of all that the protocol is about: one row in the database, one key in the cache, two instances, one or two servers. */
final class World {

  final Setting setting;

  int now;
  /** The version of the row. */
  int committed;
  final Server[] servers;
  /** Which server is the primary. */
  int primary;
  final Instance[] instances = {new Instance(Setting.A), new Instance(Setting.B)};
  final Reader[] readers;
  final Writer[] writers;

  /** There is no row, or nothing that it is to be told. */
  static final int NO_ROW = -1;
  /** A row that was taken in no epoch. */
  static final int DUE = 14;
  /** A row that was taken, nobody knows in which epoch: only without its rule. */
  static final int DONE = 13;

  private static final List<Invariant> INVARIANTS = List.of(Invariant.values());

  /** Each writer's row: the epoch in which it was taken, or one of the above. */
  final int[] outbox;
  /** The epoch in which Redis has taken what each row says, while the table is yet to be told. */
  final int[] noted;

  /** Faults that come once. */
  boolean flushed;
  boolean entryLost;
  boolean valueExpired;

  /** The last id, generation and epoch given. */
  int ids;
  int generations;
  int epochs;

  @Nullable Invariant broken;

  World(Setting setting) {
    this.setting = setting;
    servers = new Server[setting.goesBack() ? 2 : 1];
    for (int i = 0; i < servers.length; i++) {
      servers[i] = new Server(i, setting.writers().size());
    }
    readers = new Reader[setting.readers().size()];
    for (int i = 0; i < readers.length; i++) {
      readers[i] = new Reader(i, setting.readers().get(i));
    }
    writers = new Writer[setting.writers().size()];
    outbox = new int[writers.length];
    noted = new int[writers.length];
    for (int i = 0; i < writers.length; i++) {
      writers[i] = new Writer(i, setting.writers().get(i));
      outbox[i] = NO_ROW;
      noted[i] = NO_ROW;
    }
  }

  World begin() {
    for (Instance instance : instances) {
      instance.provenUntil = setting.bound();
    }
    if (setting.beginsWarm()) {
      for (Instance instance : instances) {
        if (instance.number == Setting.A || !setting.onlyOneKeeps()) {
          instance.near = 0;
          instance.nearOf = Instance.THE_BEGINNING;
        }
      }
      for (Server server : servers) {
        server.value = 0;
      }
    }
    return this;
  }

  void pack(Bits bits) {
    now = bits.of(now);
    committed = bits.of(committed);
    primary = bits.of(primary);
    for (Server server : servers) {
      server.pack(bits);
    }
    for (Instance instance : instances) {
      instance.pack(bits, setting);
    }
    for (Reader reader : readers) {
      reader.pack(bits);
    }
    for (Writer writer : writers) {
      writer.pack(bits);
    }
    for (int i = 0; i < outbox.length; i++) {
      outbox[i] = bits.of(outbox[i]);
      noted[i] = bits.of(noted[i]);
    }
    flushed = bits.of(flushed);
    entryLost = bits.of(entryLost);
    valueExpired = bits.of(valueExpired);
    ids = bits.of(ids);
    generations = bits.of(generations);
    epochs = bits.of(epochs);
    int packed = bits.of(broken == null ? -1 : INVARIANTS.indexOf(broken));
    broken = packed < 0 ? null : INVARIANTS.get(packed);
  }

  /** The server that an instance's commands go to. */
  Server dataOf(Instance instance) {
    return servers[instance.dataLink];
  }

  /**
   * Whether a relay is to send a row: it was not taken in the epoch that an instance is in. One that is in the present
   * is spared.
   */
  boolean isDue(int row) {
    if (outbox[row] == NO_ROW || outbox[row] == DUE) {
      return outbox[row] == DUE;
    }
    if (!setting.has(Rule.REPLAY) || !setting.has(Rule.ROW_OF_ONE_EPOCH) || outbox[row] == servers[primary].epoch) {
      return false;
    }
    for (Instance instance : instances) {
      if (instance.epoch != outbox[row]) {
        return true;
      }
    }
    return false;
  }

  void taken(int row, int epoch) {
    outbox[row] = setting.has(Rule.ROW_OF_ONE_EPOCH) ? epoch : DONE;
  }

  /** Makes all rows due that were taken: only without the rule by which they become so. */
  void unmark() {
    for (int i = 0; i < outbox.length; i++) {
      outbox[i] = outbox[i] == DONE ? DUE : outbox[i];
    }
  }

  /** Judges a version that a read returns which began with this floor at this tick. */
  void returned(int version, int floor, int begun) {
    if (!setting.goesBack() && version < floor) {
      broken = Invariant.NEVER_BEHIND_WHAT_WAS_APPLIED;
    } else if (beyondBound(version, begun)) {
      broken = Invariant.NEVER_BEYOND_THE_BOUND;
    }
  }

  /** Whether the primary has taken an invalidation of a version longer ago than the bound. */
  boolean beyondBound(int version, int at) {
    if (setting.bound() > 0) {
      int[] takenAt = servers[primary].takenAt;
      for (int newer = version + 1; newer < takenAt.length; newer++) {
        if (takenAt[newer] != Server.NONE && at >= takenAt[newer] + setting.bound()) {
          return true;
        }
      }
    }
    return false;
  }
}
