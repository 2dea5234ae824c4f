package dev.scalable.db;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often, and how long, a transaction is tried.
 *
 * @param attempts most attempts in all
 * @param backoff the pause after attempt n is twice to the power of n times this, half of it more or less
 * @param time after which no other attempt begins
 */
record Retries(int attempts, Duration backoff, Duration time) {

  /**
   * How long to wait before another attempt. The pause is random, or else those who have met would meet again.
   *
   * @param number how many attempts there were
   */
  Duration pause(int number, RandomGenerator random) {
    return Duration.ofNanos((long) (backoff.toNanos() * Math.scalb(1.0, number) * random.nextDouble(0.5, 1.5)));
  }

  /**
   * Whether there may be another attempt.
   *
   * @param number how many there were
   * @param elapsedNanos time since the first began
   * @param pause how long it would wait
   */
  boolean allow(int number, long elapsedNanos, Duration pause) {
    return number < attempts && elapsedNanos + pause.toNanos() < time.toNanos();
  }
}
