package dev.scalable.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.scalable.check.SharedState;
import dev.scalable.http.Lookup;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The values in the heap. Each is a future that stands in its place before anything is read or loaded for it, so that
 * an invalidation that comes in between removes it, and what is loaded afterwards reaches only those who waited for it.
 *
 * @param <K> type of the key
 * @param <V> type of the value
 */
@SharedState("values that are served only while they are proven current")
final class NearTier<K, V> {

  /** More than the time between two checks of the log, so that no place is lost before its time. */
  private static final Duration CLOCK_STEP = Duration.ofSeconds(1);

  private final ConcurrentMap<K, Flight<V>> flights;
  private final Validity validity;
  private final BiConsumer<K, Flight<V>> aged;

  /**
   * An empty heap.
   *
   * @param aged told once of a flight whose value is served and may as well be refreshed; must not block
   */
  NearTier(long maximumSize, Duration ttl, Validity validity, BiConsumer<K, Flight<V>> aged) {
    // Caffeine's expiry only frees memory; each entry knows by itself until when it may be served. A place evicted
    // while its flight is in the air costs another load, no more: what has lost its place is kept nowhere. So Caffeine
    // is given a clock that moves with the checks of the log, and a hit reads the real one once and not twice. Its
    // upkeep is done by whoever makes it necessary, which takes less than to wake another thread for each place taken.
    Cache<K, Flight<V>> cache = Caffeine.newBuilder().maximumSize(maximumSize).expireAfterWrite(ttl.plus(CLOCK_STEP))
        .ticker(validity::until).executor(Runnable::run).build();
    this.flights = cache.asMap();
    this.validity = validity;
    this.aged = aged;
  }

  /**
   * A value and what bounds its use.
   *
   * @param value the value; null when it is known that there is none
   * @param losses how often the proof had been lost when its place was taken
   * @param freshUntil end of its time to live, in the time of {@link System#nanoTime()}
   * @param refreshAt from when on it should be refreshed, in the same time; not before its end if not at all
   */
  record Entry<V>(@Nullable V value, int losses, long freshUntil, long refreshAt) implements Lookup.Found<V> {}

  /** A place taken for a value that is on its way. */
  static final class Flight<V> extends CompletableFuture<Entry<V>> {

    private final int losses;
    private final @Nullable Flight<V> replaced;
    private final AtomicBoolean aged = new AtomicBoolean();
    private volatile FarTier.@Nullable Found<V> stale;
    private volatile long farUntil;

    /** A flight that begins when the proof has been lost so often. */
    Flight(int losses) {
      this.losses = losses;
      this.replaced = null;
    }

    /** A flight to take the place of one that has landed, once it has brought something newer. */
    Flight(Flight<V> replaced) {
      this.losses = replaced.losses;
      this.replaced = replaced;
    }

    int losses() {
      return losses;
    }

    /** The flight whose place this one is to take when it lands; null for one that has a place, or needs none. */
    @Nullable Flight<V> replaced() {
      return replaced;
    }

    /** The expired value, which those who wait may have when it takes too long; null if there is none. */
    FarTier.@Nullable Found<V> stale() {
      return stale;
    }

    void stale(FarTier.@Nullable Found<V> found) {
      stale = found;
    }

    /**
     * Until when Redis takes the value that this flight has brought for fresh, in its own ms; 0 if that is not known.
     */
    long farUntil() {
      return farUntil;
    }

    void farUntil(long millis) {
      farUntil = millis;
    }

    /** Whether this is the first to ask, of a flight that Redis knows. */
    private boolean ages() {
      return farUntil != 0 && aged.compareAndSet(false, true);
    }
  }

  /** The value if it may be served now, else null. Never blocks. */
  @Nullable Entry<V> current(K key) {
    // In this order. Looked up first, an entry could be held in hand while a missed invalidation is applied and the
    // proof comes back, and would then be served on the strength of a proof that does not cover it.
    long now = validity.now();
    if (!validity.holds(now)) {
      return null;
    }
    Flight<V> flight = flights.get(key);
    if (flight == null) {
      return null;
    }
    Entry<V> entry = landed(flight, now);
    if (entry != null && entry.refreshAt() - now <= 0 && flight.ages()) {
      aged.accept(key, flight);
    }
    return entry;
  }

  /** The flight that has the key's place, if it has landed and the proof was not lost since. */
  @Nullable Flight<V> landed(K key) {
    Flight<V> flight = flights.get(key);
    return flight != null && landed(flight, validity.now()) != null ? flight : null;
  }

  /** What a flight has brought, if it is done and fresh, and the proof was not lost since it began. */
  private @Nullable Entry<V> landed(Flight<V> flight, long now) {
    if (!flight.isDone() || flight.isCompletedExceptionally()) {
      return null;
    }
    Entry<V> entry = flight.join();
    return entry.losses() == validity.losses() && entry.freshUntil() - now > 0 ? entry : null;
  }

  /**
   * Takes the key's place for a flight, or joins the one that has it.
   *
   * @param mine a flight that begins now
   * @return {@code mine} if it now has the place, and its owner must complete it; else the flight to wait for
   */
  Flight<V> board(K key, Flight<V> mine) {
    while (true) {
      long now = validity.now();
      boolean proven = validity.holds(now);
      Flight<V> there = flights.putIfAbsent(key, mine);
      if (there == null) {
        return mine;
      }
      boolean underWay = !there.isDone() && there.losses == mine.losses;
      if (underWay || (proven && landed(there, now) != null)) {
        return there;
      }
      // Landed and not to be served any more, or begun before the proof was lost.
      flights.remove(key, there);
    }
  }

  /**
   * Lets a flight take the place of the one that it was begun for; if that has lost it, what was brought is kept
   * nowhere.
   */
  void replace(K key, Flight<V> replaced, Flight<V> by) {
    flights.replace(key, replaced, by);
  }

  /** Gives up the place of one flight; a later flight's place stays. */
  void remove(K key, Flight<V> flight) {
    flights.remove(key, flight);
  }

  /** Gives up the key's place, whoever has it. */
  void remove(K key) {
    flights.remove(key);
  }

  /** Gives up all places, those of loads in flight as well. */
  void clear() {
    flights.clear();
  }

  /** How many places are taken. */
  int size() {
    return flights.size();
  }
}
