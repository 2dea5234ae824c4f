package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.redis.Redis;
import dev.scalable.redis.SimServer;
import dev.scalable.simulation.Timeline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Knows what a read may return. It sees every invalidation at the moment at which a server executes it, and so what the
 * database had then: whatever is loaded later has at least that.
 */
final class SimOracle {

  private final Timeline timeline;
  private final SimDb db;
  private final int keys;
  private final long bound;
  private final boolean boundAlone;
  /** What was committed of each key when an entry of the log was written, by the entry's mark. */
  private final Map<String, Written> atEntry = new HashMap<>();
  private final List<Executed> executed = new ArrayList<>();
  private final long[] invalidated;
  /** How many losses are not over yet. */
  private int losses;
  private int era;

  /** An invalidation of a key: when, and what was committed then. */
  private record Executed(long at, long key, long version) {}

  /** What was committed when an entry was written, and in which era that was; a negative one counts for nothing. */
  private record Written(int era, List<Long> versions) {}

  /** What an instance has been through. */
  final class View {
    private final long[] own = new long[keys];
    private final long[] applied = new long[keys];
    private final List<Expected> expected = new ArrayList<>();
    private int seenEra = era;

    /** What was read of the log, and may now be applied. */
    void reads(List<Redis.Entry> entries) {
      expected.clear();
      for (Redis.Entry entry : entries) {
        Written written = Objects.requireNonNull(atEntry.get(mark(entry)));
        byte[] packed = entry.fields().get("k");
        if (packed == null) {
          expected.add(new Expected("", written));
        } else {
          PackedKeys.unpack(packed).forEach(key -> expected.add(new Expected(key, written)));
        }
      }
    }

    /** A key was removed from the heap, or all were, for which the name is empty. */
    void applies(String name) {
      timeline.tell(() -> "applied " + name + " " + expected);
      for (int i = 0; i < expected.size(); i++) {
        if (expected.get(i).name().equals(name)) {
          Written written = expected.get(i).written();
          for (int key = 0; key < keys; key++) {
            if (written.era() == era && (name.isEmpty() || name.equals(Integer.toString(key)))) {
              reset();
              applied[key] = Math.max(applied[key], written.versions().get(key));
            }
          }
          expected.subList(0, i + 1).clear();
          return;
        }
      }
    }

    /** The instance's own invalidation, begun in an era, of what was committed then has returned. */
    void owns(int begun, long key, long version) {
      if (begun != era()) {
        return;
      }
      reset();
      own[(int) key] = Math.max(own[(int) key], version);
    }

    private void reset() {
      if (seenEra != era) {
        seenEra = era;
        Arrays.fill(own, 0);
        Arrays.fill(applied, 0);
      }
    }

    /** What a read that begins now has to return at least. */
    Floor floor(long key, long now) {
      reset();
      long anywhere = 0;
      for (Executed each : executed) {
        if (each.key() == key && each.at() + bound < now) {
          anywhere = Math.max(anywhere, each.version());
        }
      }
      return new Floor(key, own[(int) key], applied[(int) key], anywhere, now, era());
    }
  }

  private record Expected(String name, Written written) {}

  /** What was so when a read began. */
  record Floor(long key, long own, long applied, long anywhere, long at, int era) {}

  /**
   * One that knows nothing yet.
   *
   * @param boundAlone whether all that is guaranteed is that nothing is served beyond the bound
   */
  SimOracle(Timeline timeline, SimDb db, int keys, long bound, boolean boundAlone) {
    this.boundAlone = boundAlone;
    this.timeline = timeline;
    this.db = db;
    this.keys = keys;
    this.bound = bound;
    this.invalidated = new long[keys];
    Arrays.fill(invalidated, Long.MIN_VALUE);
  }

  private static String mark(Redis.Entry entry) {
    return new String(Objects.requireNonNull(entry.fields().get("m")), UTF_8);
  }

  View view() {
    return new View();
  }

  /** A server has executed an invalidation. */
  void executes(SimServer server, Redis.Entry entry, long now) {
    long[] versions = new long[keys];
    for (int key = 0; key < keys; key++) {
      versions[key] = db.version(key);
    }
    atEntry.put(mark(entry), new Written(era(), Arrays.stream(versions).boxed().toList()));
    timeline.tell(() -> "Redis executes " + entry.id() + "/" + mark(entry) + " of "
        + (entry.fields().get("k") == null ? "all" : PackedKeys.unpack(entry.fields().get("k"))) + " at "
        + Arrays.toString(versions));
    byte[] packed = entry.fields().get("k");
    List<String> gone = packed == null ? List.of() : PackedKeys.unpack(packed);
    for (int key = 0; key < keys; key++) {
      if (packed == null || gone.contains(Integer.toString(key))) {
        invalidated[key] = now;
        if (losses == 0) {
          executed.add(new Executed(now, key, versions[key]));
        }
      }
    }
  }

  /** What is known of one is nothing in another; negative while Redis loses something. */
  int era() {
    return losses > 0 ? -1 : era;
  }

  /** When a key was invalidated last; the least number if it never was. */
  long lastInvalidated(long key) {
    return invalidated[(int) key];
  }

  /** Redis is about to lose what it has taken: nothing is guaranteed until {@link #settled}. */
  void loses() {
    losses++;
    era++;
  }

  /** All take the same server for the primary again: from now on all is guaranteed of what happens from now on. */
  void settled() {
    losses--;
    era++;
    executed.clear();
  }

  /** Judges what was read; 0 for nothing. */
  void judge(String who, Floor floor, long version) {
    if (version > db.version(floor.key())) {
      throw new AssertionError(who + " has read version " + version + " of key " + floor.key() + ", which was never"
          + " committed");
    }
    if (floor.era() < 0 || floor.era() != era()) {
      return;
    }
    long least = boundAlone ? floor.anywhere()
        : Math.max(floor.own(), Math.max(floor.applied(), floor.anywhere()));
    if (version < least) {
      throw new AssertionError(who + " has read version " + version + " of key " + floor.key() + " in a read that began"
          + " at " + floor.at() + " ns: this instance has announced " + floor.own() + " itself, has heard of "
          + floor.applied() + ", and Redis has taken " + floor.anywhere() + " more than the bound ago");
    }
  }
}
