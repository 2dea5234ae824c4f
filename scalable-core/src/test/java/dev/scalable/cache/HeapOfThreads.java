package dev.scalable.cache;

import dev.scalable.cache.NearTier.Entry;
import dev.scalable.cache.NearTier.Flight;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.Nullable;

/**
 * What threads do to the heap of an instance, as {@link LeasedCache} and {@link LogReader} do it: one key of a source
 * whose value is a number that each commit makes greater. What the answers may be is told in {@link HeapRule}.
 */
public class HeapOfThreads {

  static final String KEY = "key";

  /** As long as values live: longer than it takes for a proof to end. */
  private static final long LONG = Duration.ofHours(1).toNanos();
  private static final long PROVEN = Duration.ofSeconds(2).toNanos();

  /** Its time moves when it is told to. */
  private static final class Stopped extends Host {
    volatile long time;

    @Override
    long nanoTime() {
      return time;
    }
  }

  private final Stopped host = new Stopped();
  final Validity validity = new Validity(host);
  final NearTier<String, Integer> near = new NearTier<>(100, Duration.ofHours(1), validity, (key, flight) -> { });
  final AtomicInteger row = new AtomicInteger();

  /** Its heap is empty and proven. */
  public HeapOfThreads() {
    extend();
  }

  final long now() {
    return host.time;
  }

  /** The value in the heap if it may be served, else null. */
  @Operation
  public @Nullable Integer current() {
    Entry<Integer> entry = near.current(KEY);
    return entry == null ? null : entry.value();
  }

  /** The value in the heap, or of the flight that is under way, or what is loaded. */
  @Operation
  public @Nullable Integer get() {
    Integer there = current();
    return there != null ? there : load();
  }

  @Nullable Integer load() {
    Flight<Integer> mine = new Flight<>(validity.losses());
    Flight<Integer> flight = validity.holds(now()) ? near.board(KEY, mine) : mine;
    if (flight == mine) {
      land(mine, row.get());
    }
    return flight.join().value();
  }

  void land(Flight<Integer> flight, int value) {
    land(flight, value, flight.losses());
  }

  void land(Flight<Integer> flight, int value, int losses) {
    flight.complete(new Entry<>(value, losses, now() + LONG, now() + LONG));
  }

  /** Loads anew what is there; null if nothing is. */
  @Operation
  public @Nullable Integer refresh() {
    Flight<Integer> there = validity.holds(now()) ? near.landed(KEY) : null;
    if (there == null) {
      return null;
    }
    Flight<Integer> by = new Flight<>(there);
    int value = row.get();
    land(by, value);
    replace(there, by);
    return value;
  }

  void replace(Flight<Integer> there, Flight<Integer> by) {
    near.replace(KEY, there, by);
  }

  /** Somebody changes the row, on any instance. */
  @Operation
  public void commit() {
    row.incrementAndGet();
  }

  /** The invalidation of a commit arrives. */
  @Operation
  public void invalidate() {
    near.remove(KEY);
  }

  /** That of all keys. */
  @Operation
  public void clear() {
    near.clear();
  }

  /** A check of the log shows that everything was applied. */
  @Operation(nonParallelGroup = "log")
  public final void extend() {
    validity.extend(now() + PROVEN);
  }

  /** No check has succeeded for so long that the proof has ended. */
  @Operation(nonParallelGroup = "log")
  public void lapse() {
    host.time = validity.until();
  }

  /** A hole in the log was found. */
  @Operation(nonParallelGroup = "log")
  public void lose() {
    validity.lose();
  }

  /** Looks up first, and asks for the proof then. */
  public static class LooksUpFirst extends HeapOfThreads {
    @Override
    public @Nullable Integer current() {
      Flight<Integer> flight = near.landed(KEY);
      return flight != null && validity.holds(now()) ? flight.join().value() : null;
    }
  }

  /** Takes no place before it loads. */
  public static class PutsWhatItHasLoaded extends HeapOfThreads {
    @Override
    @Nullable Integer load() {
      Flight<Integer> mine = new Flight<>(validity.losses());
      int value = row.get();
      land(mine, value);
      if (validity.holds(now())) {
        var unused = near.board(KEY, mine);
      }
      return value;
    }
  }

  /** Takes a value to be of the time in which it lands. */
  public static class ForgetsWhenItBegan extends HeapOfThreads {
    @Override
    void land(Flight<Integer> flight, int value) {
      land(flight, value, validity.losses());
    }
  }

  /** A refresh takes the place, whoever has it. */
  public static class RefreshesWhateverIsThere extends HeapOfThreads {
    @Override
    void replace(Flight<Integer> there, Flight<Integer> by) {
      near.remove(KEY);
      var unused = near.board(KEY, by);
    }
  }
}
