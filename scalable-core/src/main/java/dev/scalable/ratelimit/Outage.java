package dev.scalable.ratelimit;

import dev.scalable.check.SharedState;
import dev.scalable.redis.Redis;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once in the log that rate limits are not counted, and once that they are again: when for a second all were. That
 * requests do not wait for a Redis which is away is the link's doing, which leaves alone who does not answer.
 */
@SharedState("what this instance has told its log")
final class Outage {

  private static final Logger log = LoggerFactory.getLogger(Outage.class);

  private static final long QUIET_NANOS = Duration.ofSeconds(1).toNanos();

  private final AtomicBoolean told = new AtomicBoolean();
  private volatile long failedAt;

  /** A request could not be counted. */
  void failed(Redis.Unavailable e) {
    failedAt = System.nanoTime();
    if (!told.get() && told.compareAndSet(false, true)) {
      log.warn("Rate limits are not counted: {}; until Redis answers, each lets all in or none, as it is configured",
          e.getMessage());
    }
  }

  /** A request was counted. */
  void counted() {
    if (told.get() && System.nanoTime() - failedAt >= QUIET_NANOS && told.compareAndSet(true, false)) {
      log.info("Rate limits are counted again: Redis answers");
    }
  }
}
