package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.check.SharedState;
import dev.scalable.lifecycle.Part;
import dev.scalable.redis.Redis;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of invalidations that all instances share, as one instance writes and reads it.
 *
 * <p>One thread reads it over a connection of its own. Each entry names its predecessor: when that is not the entry applied last,
 * something is missing, and the heap is emptied. Four times a second the log's head is looked at over the pool that also serves
 * commands, so that both links agree on which server they talk to. If everything up to that head has been applied, the heap is
 * proven to be current as of the moment that the look was <em>begun</em>, whatever happened to the answer on its way.
 */
@Singleton
@SharedState("where this instance is in the log that all instances read")
final class InvalidationLog implements Part {

  private static final Logger log = LoggerFactory.getLogger(InvalidationLog.class);

  private static final Duration CHECK_EVERY = Duration.ofMillis(250);
  private static final Duration RETRY_LONGEST = Duration.ofSeconds(1);
  /** Longer than a restart of Redis takes, and well within the time that an orchestrator gives an instance to end. */
  private static final Duration LAST_TRIES = Duration.ofSeconds(10);
  /** For a command that the reader has sent elsewhere, and not for the read. */
  private static final Duration LAST_READ = Duration.ofSeconds(2);
  private static final int BATCH = 512;
  private static final int LONGEST_LOG = 10_000;

  private final Redis redis;
  private final Duration bound;
  private final byte[] epochKey;
  private final byte[] lastKey;
  private final byte[] logKey;
  private final Validity validity = new Validity();
  private final Map<String, Listener> listeners = new ConcurrentHashMap<>();
  /** Each with a mark of its latest failure, so that acknowledging an earlier one does not settle a later one. */
  private final Map<Pending, Object> pending = new ConcurrentHashMap<>();
  private @Nullable Thread reader;
  private volatile boolean stopped;

  /** A cache that invalidations are applied to. */
  interface Listener {
    /** Removes a key, given as its text, from the heap. */
    void invalidated(String key);

    /** The keys in Redis that belong to a key, given as its text. */
    List<byte[]> farKeys(String key);
  }

  /** An invalidation that Redis has not acknowledged. */
  private record Pending(String cache, String key) {}

  /** Where the reader stands: what it has applied, in which epoch, and the check it is about to confirm. */
  private static final class Position {
    final String epoch;
    StreamId applied;
    /** The head that a check has seen, and when that check was begun; null when none is to be confirmed. */
    @Nullable StreamId target;
    long targetBegun;
    long nextCheck = System.nanoTime();

    Position(String epoch, StreamId applied) {
      this.epoch = epoch;
      this.applied = applied;
    }
  }

  @Inject
  InvalidationLog(Redis redis, CacheSettings settings) {
    this.redis = redis;
    this.bound = settings.nearValidity();
    String prefix = "{" + settings.namespace() + "}";
    this.epochKey = (prefix + "epoch").getBytes(UTF_8);
    this.lastKey = (prefix + "last").getBytes(UTF_8);
    this.logKey = (prefix + "inv").getBytes(UTF_8);
  }

  @Override
  public String name() {
    return "the invalidation log";
  }

  Validity validity() {
    return validity;
  }

  void register(String cache, Listener listener) {
    listeners.put(cache, listener);
  }

  /** Whether an invalidation of this key has not been acknowledged by Redis. */
  boolean pending(String cache, String key) {
    return !pending.isEmpty() && pending.containsKey(new Pending(cache, key));
  }

  /** How many invalidations have not been acknowledged by Redis. */
  int pending() {
    return pending.size();
  }

  /**
   * Removes keys from Redis and writes that into the log. When Redis does not acknowledge it, the keys are pending and it is tried
   * again until it does.
   */
  void append(String cache, List<String> keys, List<byte[]> farKeys) {
    try {
      invalidate(cache, keys, farKeys);
    } catch (Redis.Unavailable e) {
      log.warn("Cache {}: the invalidation of {} is pending, other instances may serve old values until Redis has it: {}",
          cache, keys, e.getMessage());
      keys.forEach(key -> pending.put(new Pending(cache, key), new Object()));
    }
  }

  private void invalidate(String cache, List<String> keys, List<byte[]> farKeys) {
    List<byte[]> touched = new ArrayList<>(farKeys.size() + 2);
    touched.add(lastKey);
    touched.add(logKey);
    touched.addAll(farKeys);
    redis.run(Scripts.INVALIDATE, touched,
        List.of(Integer.toString(LONGEST_LOG).getBytes(UTF_8), cache.getBytes(UTF_8), PackedKeys.pack(keys)));
  }

  @Override
  public void start() {
    reader = Thread.ofPlatform().name("invalidation-log").daemon().start(this::follow);
  }

  /** Whether the log is being read. */
  boolean reading() {
    return reader != null && reader.isAlive();
  }

  /** Stops reading. What is still pending is tried until it succeeds or {@link #LAST_TRIES} are over, and told if it is lost. */
  @Override
  public void stop() throws InterruptedException {
    stopped = true;
    if (reader != null) {
      reader.interrupt();
      long patience = System.nanoTime() + LAST_READ.toNanos();
      do {
        // An interrupt does not end a wait for the network. Again until it has ended: it may have been about to connect.
        redis.interruptRead();
      } while (!reader.join(Duration.ofMillis(5)) && System.nanoTime() - patience < 0);
    }
    long end = System.nanoTime() + LAST_TRIES.toNanos();
    while (!pending.isEmpty() && System.nanoTime() - end < 0) {
      try {
        retryPending();
      } catch (Redis.Unavailable e) {
        TimeUnit.NANOSECONDS.sleep(CHECK_EVERY.toNanos());
      }
    }
    if (!pending.isEmpty()) {
      log.error("Redis did not take {} invalidations before the end of this instance: other instances may serve the old values of"
          + " these keys until their time to live ends: {}", pending.size(), pending.keySet());
    }
  }

  /** Reads the log until told to stop. Without Redis the proof runs out by itself, so a failure here only costs hits. */
  private void follow() {
    Duration retry = CHECK_EVERY;
    Position position = null;
    boolean away = false;
    while (!stopped) {
      try {
        if (position == null) {
          position = join();
        }
        position = advance(position) ? position : null;
        retryPending();
        retry = CHECK_EVERY;
        if (away) {
          log.info("The invalidation log is read again");
          away = false;
        }
      } catch (Redis.Unavailable e) {
        // The position is kept: if the log still covers it, nothing was missed and nothing need be flushed.
        if (!away && !stopped) {
          log.warn("The invalidation log cannot be read: nothing is cached and every read goes to its source until it can. {}",
              e.getMessage());
          away = true;
        }
        pause(retry);
        retry = retry.multipliedBy(2).compareTo(RETRY_LONGEST) > 0 ? RETRY_LONGEST : retry.multipliedBy(2);
      } catch (RuntimeException e) {
        log.error("The invalidation log cannot be followed; the heap is emptied and it is tried again", e);
        position = null;
        pause(RETRY_LONGEST);
      }
    }
    validity.lose();
  }

  /** Begins at the log's head, with an empty heap. */
  private Position join() {
    validity.lose();
    List<?> reply = list(redis.run(Scripts.JOIN, List.of(epochKey, lastKey, logKey),
        List.of(UUID.randomUUID().toString().getBytes(UTF_8))));
    return new Position(text(reply.get(0)), StreamId.of(text(reply.get(1))));
  }

  /** Reads on once and checks if it is time; false when something was missed and the heap must be emptied. */
  private boolean advance(Position position) {
    List<Redis.Entry> entries = redis.read(logKey, position.applied.toString(), BATCH, CHECK_EVERY);
    for (Redis.Entry entry : entries) {
      if (!StreamId.of(text(entry.fields().get("p"))).equals(position.applied)) {
        log.warn("The invalidation log has a gap after {}, the heap is emptied", position.applied);
        return false;
      }
      apply(entry);
      position.applied = StreamId.of(entry.id());
      if (position.applied.equals(position.target)) {
        confirm(position);
      } else if (position.target != null && position.applied.compareTo(position.target) > 0) {
        // A later id alone proves nothing: this link may be with another server than the check was, each with a log of its own.
        log.warn("The invalidation log goes past its head {} without it, to {}; the heap is emptied", position.target,
            position.applied);
        return false;
      }
    }
    if (position.target != null && entries.isEmpty()) {
      log.warn("The invalidation log ends at {} before its head {}, the heap is emptied", position.applied, position.target);
      return false;
    }
    boolean due = position.target == null && System.nanoTime() - position.nextCheck >= 0;
    return !due || check(position);
  }

  /** Looks at the head. */
  private boolean check(Position position) {
    long begun = System.nanoTime();
    // A little less than the wait of a read, so that an idle log is checked after every read.
    position.nextCheck = begun + CHECK_EVERY.toNanos() * 9 / 10;
    List<?> reply = list(redis.run(Scripts.CHECK, List.of(epochKey, lastKey), List.of()));
    validity.farClock((Long) reply.get(2), begun);
    String epoch = text(reply.get(0));
    String last = text(reply.get(1));
    if (!epoch.equals(position.epoch) || last.isEmpty() || StreamId.of(last).compareTo(position.applied) < 0) {
      log.warn("The invalidation log was lost or replaced (epoch {} head {}, here {} at {}), the heap is emptied", epoch, last,
          position.epoch, position.applied);
      return false;
    }
    position.target = StreamId.of(last);
    position.targetBegun = begun;
    if (position.target.equals(position.applied)) {
      confirm(position);
    }
    return true;
  }

  private void confirm(Position position) {
    validity.extend(position.targetBegun + bound.toNanos());
    position.target = null;
  }

  private void apply(Redis.Entry entry) {
    Listener listener = listeners.get(text(entry.fields().get("c")));
    byte[] keys = entry.fields().get("k");
    // A cache that only other versions of the service have is none of ours.
    if (listener != null && keys != null) {
      PackedKeys.unpack(keys).forEach(listener::invalidated);
    }
  }

  private void retryPending() {
    for (Map.Entry<Pending, Object> one : Map.copyOf(pending).entrySet()) {
      Pending failed = one.getKey();
      Listener listener = listeners.get(failed.cache());
      if (listener != null) {
        invalidate(failed.cache(), List.of(failed.key()), listener.farKeys(failed.key()));
      }
      pending.remove(failed, one.getValue());
    }
  }

  private static void pause(Duration span) {
    try {
      TimeUnit.NANOSECONDS.sleep(span.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<?> list(@Nullable Object reply) {
    return reply instanceof List<?> list ? list : List.of();
  }

  private static String text(@Nullable Object bytes) {
    return bytes instanceof byte[] text ? new String(text, UTF_8) : "";
  }
}
