package dev.scalable.ratelimit;

import dev.scalable.check.SharedState;
import dev.scalable.redis.Redis;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether Redis is away, as this instance has last seen it. While it is, one request in a second asks Redis and all
 * others are answered as configured without waiting for its timeout. It decides only how soon this instance asks again,
 * never who is limited.
 */
@SharedState("whether this instance reaches Redis, which each finds out for itself")
final class Outage {

  private static final Logger log = LoggerFactory.getLogger(Outage.class);

  private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  private final AtomicBoolean away = new AtomicBoolean();
  private final AtomicLong nextTry = new AtomicLong();

  /** Whether the caller is to ask Redis; if it is away, true for one caller in a second. */
  boolean mayAsk() {
    if (!away.get()) {
      return true;
    }
    long due = nextTry.get();
    long now = System.nanoTime();
    return now - due >= 0 && nextTry.compareAndSet(due, now + PAUSE_NANOS);
  }

  /** Redis did not answer. Logged once for each outage. */
  void failed(Redis.Unavailable e) {
    nextTry.set(System.nanoTime() + PAUSE_NANOS);
    if (away.compareAndSet(false, true)) {
      log.warn("Rate limits are not counted: {}; until Redis answers, each lets all in or none, as it is configured",
          e.getMessage());
    }
  }

  /** Redis answered. */
  void answered() {
    if (away.get() && away.compareAndSet(true, false)) {
      log.info("Rate limits are counted again: Redis answers");
    }
  }
}
