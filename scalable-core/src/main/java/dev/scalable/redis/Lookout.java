package dev.scalable.redis;

import dev.scalable.check.SharedState;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that looks where servers are, once in a while, and at once when it is told that one does not answer. */
@SharedState("the thread of this instance")
final class Lookout {

  private static final Logger log = LoggerFactory.getLogger(Lookout.class);

  private static final Duration EVERY = Duration.ofSeconds(1);
  /** A look at servers that are away waits for as many timeouts as there are servers. */
  private static final Duration LAST_LOOK = Duration.ofSeconds(3);

  private final Runnable look;
  private final Semaphore called = new Semaphore(0);
  private @Nullable Thread thread;
  private volatile boolean stopped;

  /** One that is not started; {@code look} throws nothing that is to be expected. */
  Lookout(Runnable look) {
    this.look = look;
  }

  /** Looks once, then starts the thread. */
  void start() {
    look.run();
    thread = Thread.ofPlatform().name("redis-lookout").daemon().start(this::watch);
  }

  private void watch() {
    try {
      while (!stopped) {
        called.tryAcquire(EVERY.toNanos(), TimeUnit.NANOSECONDS);
        called.drainPermits();
        if (!stopped) {
          lookOnce();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookOnce() {
    try {
      look.run();
    } catch (RuntimeException e) {
      log.error("It cannot be seen where the servers of Redis are; it is tried again", e);
    }
  }

  /** Has it look now. Returns at once. */
  void call() {
    if (called.availablePermits() == 0) {
      called.release();
    }
  }

  void stop() {
    stopped = true;
    call();
    Thread running = thread;
    if (running != null) {
      try {
        running.join(LAST_LOOK);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
