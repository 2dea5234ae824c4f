package dev.scalable.simulation;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads that take turns on one thread, in an order that a seed decides, and a clock that moves only when none
 * of them can go on. Whatever blocks a virtual thread of Java (a lock, a future, a semaphore) gives the turn to another
 * one, so that code which knows nothing of this runs in it as it is; only its waits for a time must be those of here.
 *
 * <p>The scheduler of virtual threads can be replaced by a constructor of the JDK that it keeps for its own tests. All
 * of this is for the one thread that calls {@link #run}, and for the virtual threads that run on it.
 */
public final class Timeline {

  private static final @Nullable Constructor<?> BUILDER = builder();

  private final Random chance;
  private final List<Machine> machines = new ArrayList<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long now;
  private long told;
  private long turns;
  private long trace = 17;
  private @Nullable Throwable broken;
  private @Nullable Consumer<String> listener;

  /** One that is decided by a seed. */
  public Timeline(long seed) {
    this.chance = new Random(seed);
  }

  private static @Nullable Constructor<?> builder() {
    try {
      Constructor<?> builder =
          Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder").getDeclaredConstructor(Executor.class);
      builder.setAccessible(true);
      return builder;
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }

  /** Whether this JDK has what it takes; it also needs {@code --add-opens java.base/java.lang=ALL-UNNAMED}. */
  public static boolean isPossible() {
    return BUILDER != null && Runtime.version().feature() >= 24;
  }

  /** Nanoseconds since the beginning. */
  public long now() {
    return now;
  }

  /** What decides. */
  public Random chance() {
    return chance;
  }

  /** Whether something happens that does so many times of a thousand. */
  public boolean happens(int ofThousand) {
    return ofThousand > 0 && chance.nextInt(1_000) < ofThousand;
  }

  /** How many turns were taken. */
  public long turns() {
    return turns;
  }

  /** The same for what has gone the same way. */
  public long trace() {
    return trace;
  }

  /** Makes something a part of {@link #trace}. */
  public void note(long what) {
    trace = (trace ^ what) * 0x100000001b3L;
  }

  /** Has somebody told what happens. */
  public void listener(Consumer<String> tale) {
    listener = tale;
  }

  /** Tells what happens, if there is a listener. */
  public void tell(Supplier<String> what) {
    if (listener != null) {
      listener.accept(String.format("%9.3f ms  %s", now / 1e6, what.get()));
    }
  }

  /** Something that is to happen at a time. */
  public final class Event implements Comparable<Event> {
    private final long at;
    private final long order;
    private final Runnable action;
    private boolean cancelled;

    private Event(long at, Runnable action) {
      this.at = at;
      this.order = told++;
      this.action = action;
    }

    /** Has it not happen. */
    public void cancel() {
      cancelled = true;
    }

    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  /** Has something happen after a time; it must not block. */
  public Event in(long nanos, Runnable action) {
    Event event = new Event(now + Math.max(0, nanos), action);
    events.add(event);
    return event;
  }

  /** A machine: its threads stand still together, and die together. */
  public final class Machine implements Executor {
    private final List<Runnable> ready = new ArrayList<>();
    private final long zero = chance.nextLong();
    private boolean paused;
    private boolean dead;

    @Override
    public void execute(Runnable turn) {
      if (!dead) {
        ready.add(turn);
      }
    }

    /** Its own clock, which begins anywhere. */
    public long nanoTime() {
      return now + zero;
    }

    /** Starts a thread here. What it throws breaks the simulation. */
    public Thread start(String name, Runnable task) {
      if (BUILDER == null) {
        throw new IllegalStateException("This JDK does not let a test choose the scheduler of virtual threads");
      }
      try {
        Thread.Builder.OfVirtual builder = (Thread.Builder.OfVirtual) BUILDER.newInstance(this);
        return builder.name(name).uncaughtExceptionHandler((thread, thrown) -> broken(thrown)).start(task);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Nothing runs here for a time. */
    public void pause(long nanos) {
      paused = true;
      in(nanos, () -> paused = false);
    }

    /** Nothing ever runs here again. */
    public void kill() {
      dead = true;
      ready.clear();
    }

    /** Whether it was killed. */
    public boolean isDead() {
      return dead;
    }

    private int turns() {
      return paused ? 0 : ready.size();
    }
  }

  /** A machine on which nothing runs yet. */
  public Machine machine() {
    Machine machine = new Machine();
    machines.add(machine);
    return machine;
  }

  /** Ends the simulation by a failure. */
  public void broken(Throwable why) {
    if (broken == null) {
      broken = why;
    }
  }

  /**
   * Goes on until something is so, or a time has come.
   *
   * @return whether it is so
   * @throws AssertionError what has broken the simulation
   */
  public boolean run(BooleanSupplier over, long until) {
    while (!over.getAsBoolean()) {
      int ready = 0;
      for (Machine machine : machines) {
        ready += machine.turns();
      }
      if (ready > 0) {
        turn(chance.nextInt(ready));
      } else if (!next(until)) {
        return false;
      }
      if (broken != null) {
        throw broken instanceof AssertionError error ? error : new AssertionError(broken.toString(), broken);
      }
    }
    return true;
  }

  private void turn(int which) {
    turns++;
    note(now + which);
    int left = which;
    for (Machine machine : machines) {
      if (left < machine.turns()) {
        Runnable last = machine.ready.removeLast();
        Runnable chosen = left == machine.ready.size() ? last : machine.ready.set(left, last);
        chosen.run();
        return;
      }
      left -= machine.turns();
    }
  }

  private boolean next(long until) {
    Event next = events.peek();
    if (next == null || next.at > until) {
      now = Math.max(now, until);
      return false;
    }
    events.remove();
    if (!next.cancelled) {
      now = Math.max(now, next.at);
      next.action.run();
    }
    return true;
  }

  /** Lets others go first, as chance has it. */
  @SuppressWarnings("ThreadPriorityCheck") // the scheduler is this
  public void letOthersGo() {
    Thread.yield();
  }

  /** Sleeps; interrupted as {@link Thread#sleep(long)} is. */
  public void sleep(long nanos) throws InterruptedException {
    if (!await(new CompletableFuture<>(), nanos) && Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  /** Sleeps, whoever interrupts. */
  public void sleepOn(long nanos) {
    long until = now + nanos;
    boolean interrupted = false;
    while (now < until) {
      await(new CompletableFuture<>(), until - now);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits for a future; false when it is not complete by then, or this thread is interrupted, as it then still is.
   */
  public boolean await(CompletableFuture<?> future, long nanos) {
    Thread me = Thread.currentThread();
    boolean[] over = {false};
    Event end = in(nanos, () -> {
      over[0] = true;
      LockSupport.unpark(me);
    });
    var unused = future.whenComplete((done, failed) -> LockSupport.unpark(me));
    while (!over[0] && !future.isDone() && !me.isInterrupted()) {
      LockSupport.park(future);
    }
    end.cancel();
    return future.isDone();
  }
}
