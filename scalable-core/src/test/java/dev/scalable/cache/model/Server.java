package dev.scalable.cache.model;

import dev.scalable.cache.model.Entry.Name;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Redis server: one key, its lease, the generation of the cache, and the log. */
final class Server {

  static final int NONE = -1;

  private final int number;

  int value = NONE;
  int valueGeneration;
  /** Whether the value has come to the end of its time to live. */
  boolean expired;
  int lease = NONE;
  int generation;
  int epoch;
  /** The server on which the epoch began. */
  int history;
  Name last = Name.START;
  List<Entry> log = new ArrayList<>();
  /** The newest version invalidated here: not part of Redis, but what the search knows. */
  int fence = NONE;
  /** When each version was first known here to be the one that must be served; likewise. */
  final int[] takenAt;

  Server(int number, int versions) {
    this.number = number;
    this.takenAt = new int[versions + 1];
    Arrays.fill(takenAt, NONE);
  }

  void pack(Bits bits) {
    value = bits.of(value);
    valueGeneration = bits.of(valueGeneration);
    expired = bits.of(expired);
    lease = bits.of(lease);
    generation = bits.of(generation);
    epoch = bits.of(epoch);
    history = bits.of(history);
    last = last.pack(bits);
    fence = bits.of(fence);
    for (int i = 0; i < takenAt.length; i++) {
      takenAt[i] = bits.of(takenAt[i]);
    }
    int entries = bits.of(log.size());
    if (bits.reading()) {
      for (int i = 0; i < entries; i++) {
        log.add(Entry.BLANK.pack(bits));
      }
    } else {
      log.forEach(entry -> entry.pack(bits));
    }
  }

  void copy(Server from) {
    value = from.value;
    valueGeneration = from.valueGeneration;
    expired = from.expired;
    lease = from.lease;
    generation = from.generation;
    epoch = from.epoch;
    history = from.history;
    last = from.last;
    fence = from.fence;
    System.arraycopy(from.takenAt, 0, takenAt, 0, takenAt.length);
    log = new ArrayList<>(from.log);
  }

  boolean same(Server other) {
    return value == other.value && valueGeneration == other.valueGeneration && expired == other.expired && lease == other.lease
        && generation == other.generation && epoch == other.epoch && history == other.history
        && last.equals(other.last) && log.equals(other.log);
  }

  /** FLUSHALL. */
  void forget() {
    value = NONE;
    lease = NONE;
    generation = NONE;
    epoch = NONE;
    history = NONE;
    last = Name.NONE;
    log.clear();
  }

  /** Whether a value of the generation is there and fresh. */
  boolean serves(int of) {
    return value != NONE && !expired && valueGeneration == of;
  }

  /** The entry after a position, as XREAD finds it: by id. */
  @Nullable Entry after(Name position) {
    for (Entry entry : log) {
      if (entry.name().id() > position.id()) {
        return entry;
      }
    }
    return null;
  }

  /** The script INVALIDATE. */
  void invalidate(World world, int by) {
    if (world.setting.has(Rule.INVALIDATED_IS_GONE)) {
      value = NONE;
    } else {
      expired = true;
    }
    lease = NONE;
    fence(world);
    append(world, world.committed, NONE, by);
  }

  /** The script INVALIDATE for another key. */
  void invalidateAnother(World world) {
    append(world, NONE, NONE, NONE);
  }

  /** The script CLEAR. */
  void clear(World world, int by) {
    generation = ++world.generations;
    fence(world);
    append(world, world.committed, generation, by);
  }

  /** The script LEASE makes a generation if there is none. */
  void needGeneration(World world) {
    if (generation == NONE) {
      generation = ++world.generations;
    }
  }

  private void fence(World world) {
    fence = world.committed;
    if (takenAt[fence] == NONE) {
      takenAt[fence] = world.now;
    }
  }

  private void append(World world, int version, int cleared, int by) {
    Name before = last.equals(Name.NONE) ? Name.START : last;
    boolean own = world.setting.can(Fault.IDS_REPEAT);
    int id = own ? before.id() + 1 : ++world.ids;
    last = new Name(id, world.setting.has(Rule.ENTRIES_UNIQUE) ? number + 1 : 0);
    log.add(new Entry(last, before, version, cleared, by));
  }

  /** Whether the epoch began here, as far as that can be told. */
  boolean isOfItsEpoch(World world) {
    return history == number || !world.setting.has(Rule.FAILOVER_SEEN);
  }

  /**
   * The script JOIN: finds the head again if it was lost, and begins an epoch where there may be a hole in the history.
   */
  void join(World world) {
    if (last.equals(Name.NONE)) {
      last = log.isEmpty() ? Name.START : log.getLast().name();
      epoch = NONE;
    }
    if (epoch == NONE || !isOfItsEpoch(world)) {
      epoch = ++world.epochs;
      history = number;
    }
    needGeneration(world);
  }
}
