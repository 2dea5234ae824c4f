package dev.scalable.cache;

import static dev.scalable.cache.ScriptValues.bytes;
import static dev.scalable.cache.ScriptValues.list;
import static dev.scalable.cache.ScriptValues.text;

import dev.scalable.check.SharedState;
import dev.scalable.redis.Redis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log for one instance, applies what it reads, and proves by checks that nothing is missing.
 *
 * <p>Each entry names its predecessor: when that is not the entry applied last, something is missing. Four times a
 * second the log's head is looked at over the pool that also serves commands, so that both links agree on which server
 * they talk to. If everything up to that very entry has been applied, the heap is proven to be current as of the moment
 * that the look was <em>begun</em>, whatever happened to the answer on its way. Whatever does not fit empties the heap,
 * and the log is entered anew.
 *
 * <p>For one thread, but {@link #epoch}.
 */
@SharedState("where this instance is in the log that all instances read")
final class LogReader {

  private static final Logger log = LoggerFactory.getLogger(LogReader.class);

  static final Duration CHECK_EVERY = Duration.ofMillis(250);
  private static final int BATCH = 512;

  private final Redis redis;
  private final FarNames names;
  private final Duration bound;
  private final Validity validity;
  private final Map<String, InvalidationLog.Listener> listeners;
  private final CoherenceCounts counts;
  /** What tells this instance's own entries. */
  private final String source;
  /** How far back invalidations are sent again when a new epoch begins. */
  private final Supplier<Duration> reach;
  private final Host host;

  private @Nullable Position position;
  private volatile String epoch = "";
  private boolean warned;

  /** Where the reader stands: what it has applied, in which epoch, and the check it is about to confirm. */
  private static final class Position {
    final String epoch;
    EntryName applied;
    /** The head that a check has seen, and when that check was begun; null when none is to be confirmed. */
    @Nullable EntryName target;
    long targetBegun;
    long nextCheck;

    Position(String epoch, EntryName applied, long now) {
      this.nextCheck = now;
      this.epoch = epoch;
      this.applied = applied;
    }
  }

  LogReader(Redis redis, FarNames names, Duration bound, Validity validity,
      Map<String, InvalidationLog.Listener> listeners, CoherenceCounts counts, String source, Supplier<Duration> reach,
      Host host) {
    this.redis = redis;
    this.names = names;
    this.bound = bound;
    this.validity = validity;
    this.listeners = listeners;
    this.counts = counts;
    this.source = source;
    this.reach = reach;
    this.host = host;
  }

  /** The epoch that was entered last; empty before the first. */
  String epoch() {
    return epoch;
  }

  /** Enters the log if need be, reads on once, and checks if it is time. */
  void step() {
    Position at = position;
    if (at == null) {
      at = join();
      position = at;
    }
    Resync cause = advance(at);
    if (cause != null) {
      resync(cause);
    }
  }

  /** Empties the heap; the next step enters the log anew. */
  void resync(Resync cause) {
    counts.resynced(cause);
    validity.lose();
    position = null;
  }

  /** Begins at the log's head, with an empty heap. */
  private Position join() {
    validity.lose();
    List<String> caches = List.copyOf(listeners.keySet());
    List<byte[]> touched = new ArrayList<>(List.of(names.epoch(), names.last(), names.log(), names.server()));
    caches.forEach(cache -> touched.add(names.generation(cache)));
    List<?> reply = list(redis.run(Scripts.JOIN, touched,
        List.of(bytes(host.newName()), bytes(reach.get().toMillis()))));
    if (text(reply.get(2)).isEmpty() && !warned) {
      warned = true;
      log.warn("Redis does not say which server it is, since it refuses INFO replication: allow this user INFO, or a"
          + " failover that loses its last writes is seen only where the log shows it");
    }
    for (int i = 0; i < caches.size(); i++) {
      // Before anything is proven: until then no generation that is known here is trusted.
      InvalidationLog.Listener listener = listeners.get(caches.get(i));
      if (listener != null) {
        listener.joined((byte[]) reply.get(3 + i));
      }
    }
    epoch = text(reply.get(0));
    return new Position(epoch, EntryName.of(text(reply.get(1))), host.nanoTime());
  }

  /** Reads on once and checks if it is time; says what was missed, if anything. */
  private @Nullable Resync advance(Position at) {
    List<Redis.Entry> entries = redis.read(names.log(), at.applied.id().toString(), BATCH, CHECK_EVERY);
    for (Redis.Entry entry : entries) {
      if (!EntryName.of(text(entry.fields().get("p"))).equals(at.applied)) {
        log.warn("The invalidation log has a gap after {}, the heap is emptied", at.applied);
        return Resync.GAP;
      }
      apply(entry);
      at.applied = new EntryName(StreamId.of(entry.id()), text(entry.fields().get("m")));
      if (at.applied.equals(at.target)) {
        confirm(at);
      } else if (at.target != null && at.applied.id().compareTo(at.target.id()) >= 0) {
        // A later id alone proves nothing: this link may be with another server than the check was, each with a log of
        // its own.
        log.warn("The invalidation log goes past its head {} without it, to {}; the heap is emptied", at.target,
            at.applied);
        return Resync.SPLIT;
      }
    }
    if (at.target != null && entries.isEmpty()) {
      log.warn("The invalidation log ends at {} before its head {}, the heap is emptied", at.applied, at.target);
      return Resync.TRIMMED;
    }
    boolean due = at.target == null && host.nanoTime() - at.nextCheck >= 0;
    return due ? check(at) : null;
  }

  /** Looks at the head. */
  private @Nullable Resync check(Position at) {
    long begun = host.nanoTime();
    // A little less than the wait of a read, so that an idle log is checked after every read.
    at.nextCheck = begun + CHECK_EVERY.toNanos() * 9 / 10;
    List<byte[]> touched = new ArrayList<>(List.of(names.epoch(), names.last(), names.server()));
    // As they are known before it is sent: since they only grow, what Redis answers is at least that.
    List<byte[]> known = new ArrayList<>();
    listeners.forEach((cache, listener) -> {
      touched.add(names.generation(cache));
      known.add(listener.generation());
    });
    List<?> reply = list(redis.run(Scripts.CHECK, touched, List.of()));
    validity.farClock((Long) reply.get(2), begun);
    String seen = text(reply.get(0));
    String last = text(reply.get(1));
    Resync lost = lost(at, seen, last, reply.get(3).equals(1L));
    for (int i = 0; i < known.size() && lost == null; i++) {
      // It was evicted, and Redis has none or, its clock having gone back, an earlier one: what is cleared from now on
      // would go on to be trusted here.
      lost = Arrays.compareUnsigned((byte[]) reply.get(4 + i), known.get(i)) < 0 ? Resync.REGRESS : null;
    }
    if (lost != null) {
      log.warn("The invalidation log was lost or replaced (epoch {} head {}, here {} at {}), the heap is emptied", seen,
          last, at.epoch, at.applied);
      return lost;
    }
    at.target = EntryName.of(last);
    at.targetBegun = begun;
    if (at.target.equals(at.applied)) {
      confirm(at);
    }
    return null;
  }

  private static @Nullable Resync lost(Position at, String seen, String last, boolean sameServer) {
    if (!seen.isEmpty() && !sameServer) {
      return Resync.FAILOVER;
    }
    if (!seen.equals(at.epoch) || last.isEmpty()) {
      return Resync.EPOCH;
    }
    EntryName head = EntryName.of(last);
    int order = head.id().compareTo(at.applied.id());
    return order < 0 || (order == 0 && !head.equals(at.applied)) ? Resync.REGRESS : null;
  }

  private void confirm(Position at) {
    validity.extend(at.targetBegun + bound.toNanos());
    at.target = null;
  }

  private void apply(Redis.Entry entry) {
    byte[] packed = entry.fields().get("k");
    byte[] generation = entry.fields().get("g");
    List<String> keys = packed == null ? List.of() : PackedKeys.unpack(packed);
    boolean own = text(entry.fields().get("s")).equals(source);
    if (!own) {
      counts.invalidated(CoherenceCounts.Origin.REMOTE, keys.size());
    }
    InvalidationLog.Listener listener = listeners.get(text(entry.fields().get("c")));
    // A cache that only other versions of the service have is none of ours.
    if (listener != null) {
      keys.forEach(listener::invalidated);
      if (generation != null) {
        listener.cleared(generation);
      }
    }
    if (!own) {
      counts.applied(validity.farNow() - StreamId.of(entry.id()).millis());
    }
  }
}
