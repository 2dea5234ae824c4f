package dev.scalable.idempotency;

import dev.scalable.http.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The wait of one request for others with its key. For one thread; to be closed by it. */
final class Waiting implements AutoCloseable {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);
  /** What is left for the work when the wait is over: a quarter of the request's time, and not more than this. */
  private static final Duration MOST_RESERVE = Duration.ofSeconds(1);

  private final Semaphore places;
  private final long end;
  private Duration pause = FIRST_PAUSE;
  private boolean placed;

  /** A wait of a request that has so much time left, in one of the places when it begins to wait. */
  Waiting(Semaphore places, Duration remaining) {
    this.places = places;
    Duration quarter = remaining.dividedBy(4);
    this.end = System.nanoTime() + remaining.minus(quarter.compareTo(MOST_RESERVE) < 0 ? quarter : MOST_RESERVE).toNanos();
  }

  /**
   * Waits for what another request of this instance comes to.
   *
   * @throws Problem 409 if the wait is over before, 503 if too many wait
   */
  <T> Optional<T> until(CompletableFuture<Optional<T>> other) throws InterruptedException {
    takePlace();
    try {
      return other.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw over();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Never completed with a failure", e);
    }
  }

  /**
   * Waits for a moment, longer from time to time, for an instance that tells nobody when it is done.
   *
   * @throws Problem 409 if the wait is over, 503 if too many wait
   */
  void pause() throws InterruptedException {
    takePlace();
    long left = end - System.nanoTime();
    if (left <= 0) {
      throw over();
    }
    // By up to a half shorter, so that instances do not ask in step.
    long nanos = pause.toNanos() - ThreadLocalRandom.current().nextLong(pause.toNanos() / 2);
    TimeUnit.NANOSECONDS.sleep(Math.min(nanos, left));
    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
  }

  private void takePlace() {
    if (!placed) {
      if (!places.tryAcquire()) {
        throw Problem.unavailable("Too many requests wait here for others with their keys: repeat it with the same "
            + IdempotencyKey.HEADER);
      }
      placed = true;
    }
  }

  private static Problem over() {
    return Problem.conflict(
            "Another request with this " + IdempotencyKey.HEADER + " is not answered yet: repeat it with the same key")
        .header("Retry-After", "1");
  }

  @Override
  public void close() {
    if (placed) {
      places.release();
    }
  }
}
