package dev.scalable.cache;

import jakarta.inject.Inject;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/**
 * What the caches of an instance have of the machine that they run on, and what is never the same twice: the clock,
 * waits that end with it, threads, chance. The simulation has another one, in which all of it can be had again; in a
 * service there is only this one, so that a hit pays nothing for the choice. Safe for use by many threads.
 */
class Host {

  @Inject
  Host() {}

  /** The time of {@link System#nanoTime()}. */
  long nanoTime() {
    return System.nanoTime();
  }

  void sleep(Duration span) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(span.toNanos());
  }

  /** What a future brings within a time; as {@link CompletableFuture#get(long, TimeUnit)}. */
  <T> T await(CompletableFuture<T> future, Duration longest)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(longest.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Takes a permit, waiting for it so long; false if there was none. */
  boolean acquire(Semaphore permits, Duration longest) throws InterruptedException {
    return permits.tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Fails a future by a {@link TimeoutException} when it is not complete by then. */
  void limit(CompletableFuture<?> future, Duration longest) {
    var unused = future.orTimeout(longest.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Starts a thread for as long as the instance lives. */
  Thread start(String name, Runnable task) {
    return Thread.ofPlatform().name(name).daemon().start(task);
  }

  /** For what need not be a secret. */
  RandomGenerator chance() {
    return ThreadLocalRandom.current();
  }

  /** A name that nobody else gives. */
  String newName() {
    return UUID.randomUUID().toString();
  }
}
