package dev.scalable.cache;

import dev.scalable.simulation.Timeline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;

/**
 * A machine of the simulation, as the caches of an instance see it. Whoever looks at the clock may be overtaken there,
 * just before and just after, by any other thread, and at times stands still for long: it is where the cache decides by
 * time.
 */
final class SimHost extends Host {

  private static final long LONGEST_HALT = Duration.ofSeconds(3).toNanos();

  private final Timeline timeline;
  private final Timeline.Machine machine;
  /** Of a thousand looks at the clock, so many take long. */
  private final IntSupplier halts;

  SimHost(Timeline timeline, Timeline.Machine machine, IntSupplier halts) {
    this.timeline = timeline;
    this.machine = machine;
    this.halts = halts;
  }

  @Override
  long nanoTime() {
    overtaken();
    long now = machine.nanoTime();
    overtaken();
    return now;
  }

  private void overtaken() {
    if (!Thread.currentThread().isVirtual()) {
      return;
    }
    if (timeline.happens(50)) {
      timeline.letOthersGo();
    } else if (timeline.happens(halts.getAsInt())) {
      timeline.sleepOn(timeline.chance().nextLong(LONGEST_HALT));
    }
  }

  @Override
  void sleep(Duration span) throws InterruptedException {
    timeline.sleep(span.toNanos());
  }

  @Override
  <T> T await(CompletableFuture<T> future, Duration longest)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (timeline.await(future, longest.toNanos())) {
      return future.get();
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    throw new TimeoutException();
  }

  /** By an interrupt when the time is over: so it waits in the very queue that others wait in. */
  @Override
  boolean acquire(Semaphore permits, Duration longest) throws InterruptedException {
    if (longest.isZero()) {
      return super.acquire(permits, longest);
    }
    Thread me = Thread.currentThread();
    boolean[] over = {false};
    Timeline.Event end = timeline.in(longest.toNanos(), () -> {
      over[0] = true;
      me.interrupt();
    });
    try {
      permits.acquire();
      if (over[0]) {
        Thread.interrupted();
      }
      return true;
    } catch (InterruptedException e) {
      if (over[0]) {
        return false;
      }
      throw e;
    } finally {
      end.cancel();
    }
  }

  @Override
  void limit(CompletableFuture<?> future, Duration longest) {
    Timeline.Event end = timeline.in(longest.toNanos(), () -> {
      // On a thread of this machine: what comes of it is more than an event may do.
      var unused = machine.start("timer", () -> future.completeExceptionally(new TimeoutException()));
    });
    var unused = future.whenComplete((done, failed) -> end.cancel());
  }

  @Override
  Thread start(String name, Runnable task) {
    return machine.start(name, task);
  }

  @Override
  RandomGenerator chance() {
    return timeline.chance();
  }

  @Override
  String newName() {
    return "epoch-" + Long.toHexString(timeline.chance().nextLong());
  }
}
