package dev.scalable.cache;

import dev.scalable.check.SharedState;
import dev.scalable.lifecycle.Part;
import dev.scalable.redis.Redis;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of invalidations that all instances share, as one instance writes and reads it.
 *
 * <p>Whoever invalidates writes, through {@link LogWriter}; what Redis does not acknowledge is pending and tried again.
 * One thread reads, by a {@link LogReader}, over a connection of its own.
 */
@Singleton
@SharedState("the thread of this instance that reads the log, and what it has yet to write")
final class InvalidationLog implements Part {

  private static final Logger log = LoggerFactory.getLogger(InvalidationLog.class);

  private static final Duration RETRY_LONGEST = Duration.ofSeconds(1);
  /** Longer than a restart of Redis takes, and well within the time that an orchestrator gives an instance to end. */
  private static final Duration LAST_TRIES = Duration.ofSeconds(10);
  /** For a command that the reader has sent elsewhere, and not for the read. */
  private static final Duration LAST_READ = Duration.ofSeconds(2);

  private final Redis redis;
  private final LogWriter writer;
  private final Outbox outbox;
  private final CoherenceCounts counts;
  private final Host host;
  private final Validity validity;
  private final Map<String, Listener> listeners = new ConcurrentHashMap<>();
  private final PendingInvalidations pending = new PendingInvalidations();
  private final LogReader reader;
  private @Nullable Thread thread;
  private volatile boolean stopped;

  /** A cache that invalidations are applied to. */
  interface Listener {
    /** Removes a key, given as its text, from the heap. */
    void invalidated(String key);

    /** Takes note of a new generation, then removes all keys from the heap. */
    void cleared(byte[] generation);

    /** The generation that is known here, which Redis must not fall behind; empty if none is. */
    byte[] generation();

    /** Takes the generation that Redis has; empty if there is none. The heap has been emptied. */
    void joined(byte[] generation);
  }

  @Inject
  InvalidationLog(Redis redis, CacheSettings settings, LogWriter writer, Outbox outbox, CoherenceCounts counts,
      Host host) {
    this.redis = redis;
    this.writer = writer;
    this.outbox = outbox;
    this.counts = counts;
    this.host = host;
    this.validity = new Validity(host);
    this.reader = new LogReader(redis, new FarNames(settings.namespace()), settings.nearValidity(), validity, listeners,
        counts, writer.source(), outbox::reach, host);
  }

  @Override
  public String name() {
    return "the invalidation log";
  }

  Host host() {
    return host;
  }

  Validity validity() {
    return validity;
  }

  Outbox outbox() {
    return outbox;
  }

  void register(String cache, Listener listener) {
    listeners.put(cache, listener);
  }

  /** Whether there is any cache. */
  boolean isUsed() {
    return !listeners.isEmpty();
  }

  /** The epoch of Redis that this instance has entered last; empty before the first. */
  String epoch() {
    return reader.epoch();
  }

  /** Whether an invalidation of this key has not been acknowledged by Redis. */
  boolean pending(String cache, String key) {
    return pending.covers(cache, key);
  }

  /** How many invalidations have not been acknowledged by Redis. */
  int pending() {
    return pending.size();
  }

  /**
   * Removes keys from Redis and writes that into the log. When Redis does not acknowledge it, the keys are pending and it is tried
   * again until it does.
   *
   * @return the epoch in which Redis has taken it; empty if none has
   */
  String append(String cache, List<String> keys) {
    counts.invalidated(CoherenceCounts.Origin.LOCAL, keys.size());
    try {
      return writer.invalidate(cache, keys);
    } catch (Redis.Unavailable e) {
      log.warn("Cache {}: the invalidation of {} is pending, other instances may serve old values until Redis has it: {}",
          cache, keys, e.getMessage());
      pending.add(cache, keys);
      return "";
    }
  }

  /**
   * Makes all that Redis has of a cache a thing of the past, likewise.
   *
   * @return what Redis has answered; empty if it has not
   */
  Optional<LogWriter.Cleared> clear(String cache) {
    counts.invalidated(CoherenceCounts.Origin.LOCAL, 1);
    try {
      return Optional.of(writer.clear(cache));
    } catch (Redis.Unavailable e) {
      log.warn("Cache {}: the invalidation of all keys is pending, other instances may serve old values until Redis has it:"
          + " {}", cache, e.getMessage());
      pending.addAll(cache);
      return Optional.empty();
    }
  }

  @Override
  public void start() {
    thread = host.start("invalidation-log", this::follow);
  }

  /** Whether the log is being read. */
  boolean reading() {
    return thread != null && thread.isAlive();
  }

  /** Stops reading. What is still pending is tried until it succeeds or {@link #LAST_TRIES} are over, and told if it is lost. */
  @Override
  public void stop() throws InterruptedException {
    stopped = true;
    if (thread != null) {
      thread.interrupt();
      long patience = host.nanoTime() + LAST_READ.toNanos();
      do {
        // An interrupt does not end a wait for the network. Again until it has ended: it may have been about to connect.
        redis.interruptRead();
      } while (!thread.join(Duration.ofMillis(5)) && host.nanoTime() - patience < 0);
    }
    long end = host.nanoTime() + LAST_TRIES.toNanos();
    while (pending.size() > 0 && host.nanoTime() - end < 0) {
      try {
        pending.retry(this::again);
      } catch (Redis.Unavailable e) {
        host.sleep(LogReader.CHECK_EVERY);
      }
    }
    if (pending.size() > 0) {
      log.error("Redis did not take {} invalidations before the end of this instance: other instances may serve the old values of"
          + " these keys until one of them relays what a transaction has announced, or until their time to live ends:"
          + " {}", pending.size(), pending.all());
    }
  }

  /** Reads the log until told to stop. Without Redis the proof runs out by itself, so a failure here only costs hits. */
  private void follow() {
    Duration retry = LogReader.CHECK_EVERY;
    boolean away = false;
    while (!stopped) {
      try {
        reader.step();
        pending.retry(this::again);
        retry = LogReader.CHECK_EVERY;
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
        reader.resync(Resync.ERROR);
        pause(RETRY_LONGEST);
      }
    }
    validity.lose();
  }

  private void again(PendingInvalidations.Pending failed) {
    Listener listener = listeners.get(failed.cache());
    if (failed.key() != null) {
      writer.invalidate(failed.cache(), List.of(failed.key()));
    } else {
      byte[] generation = writer.clear(failed.cache()).generation();
      if (listener != null) {
        // Before it is not pending any more: a value of the generation before it would be found again.
        listener.cleared(generation);
      }
    }
  }

  private void pause(Duration span) {
    try {
      host.sleep(span);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
