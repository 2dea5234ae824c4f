package dev.scalable.cache;

import dev.scalable.cache.NearTier.Entry;
import dev.scalable.cache.NearTier.Flight;
import dev.scalable.db.Outcome;
import dev.scalable.db.Tx;
import dev.scalable.redis.Redis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cache by "leased fill, proven L1".
 *
 * <h2>The race that it is about</h2>
 *
 * <p>A reader misses, loads the old row, and is paused. A writer commits the new row and removes the key. The reader
 * wakes up and stores the old row, which stays until its time to live ends. A cache that only deletes cannot see this;
 * it has to make the reader prove, at the moment of storing, that nothing has happened to the key since it began to
 * load.
 *
 * <h2>Far: a fill needs a lease</h2>
 *
 * <p>Before it loads, a reader puts a random token at the key's lease (script LEASE); others see that and wait, so
 * there is one load in the cluster. To store, it must present the token (script FILL). An invalidation deletes the
 * value <em>and the lease</em> in one script, so every load that began before it is fenced. It is a proof that must be
 * present and not a tombstone that must not be lost: whatever Redis forgets, by eviction, flush or restart, only
 * rejects fills.
 *
 * <h2>Near: a place is taken before anything is read</h2>
 *
 * <p>What goes into the heap is a future, put in the key's place before Redis is asked. An invalidation removes it from
 * there; when it completes, it reaches those who waited for it, who had asked before, and stays for nobody. A fenced
 * value gives up its place by itself. The order of an invalidation is far, then near: the other way round, a read in
 * between would bring the old value back from Redis. The own entry of the log is applied as well, for the same reason.
 *
 * <h2>Near: what is in the heap is served only while it is proven</h2>
 *
 * <p>Invalidations travel in a Redis stream whose entries name their predecessor, and {@link LogReader} reads it. While
 * its checks show that it has applied everything up to a moment, the heap may be served for the validity bound after
 * that moment; without such a check it falls silent by itself, and reads go to Redis or to the loader. So a lost
 * message, a half-open link, a paused process or a failover bounds the error instead of leaving it until a time to live
 * ends.
 *
 * <h2>All keys at once</h2>
 *
 * <p>Each value carries the generation of its cache. To invalidate all keys is to begin a new one: what was stored
 * before does not match any more, and neither does what was loaded before. Generations are numbers that grow, and what
 * an instance knows of them only moves forward. While nothing is proven an instance does not trust what it knows, and
 * has Redis compare. Should Redis lose one and begin an earlier one, its clock having gone back, the next look at the
 * log shows that, and the log is entered anew.
 *
 * <h2>What must not be forgotten: the outbox</h2>
 *
 * <p>An invalidation that is announced in a transaction is a row in it, there if and only if the change is. When the
 * transaction has committed it is sent at once, as any other; the row is for when this instance dies just then, or
 * cannot reach Redis: then the {@link Relay} of another one sends it.
 *
 * <p>Redis may also take an invalidation and lose it, when a replica that was behind becomes the primary, or an old
 * dump is loaded. So Redis has an <em>epoch</em>, a random name for the time in which nothing was lost, and whoever
 * finds a doubt about that begins another one (script JOIN). Redis answers each invalidation with its epoch, and a row
 * is done with only when it was taken in the present one. That is all there is to a replay: with a new epoch, the rows
 * of late are due again. No event can be missed and no order matters, since the relay compares what is with what should
 * be.
 *
 * <h2>Loads run on threads of their own</h2>
 *
 * <p>A load is begun by one caller and awaited by all, so it belongs to none of them: it goes on when the first
 * caller's request is over, and when it takes too long it is interrupted, its lease is given back, and all who wait are
 * told ({@link Loads}). Those who wait get the value before Redis has taken it; if Redis then refuses it, it leaves the
 * heap again.
 *
 * <h2>What has expired, and what was invalidated</h2>
 *
 * <p>Where asked for, Redis keeps a value for a while after it has expired, for when the loader fails or is slow. An
 * invalidation deletes it like any other, so an old value can be served for being old, and never for having been
 * invalidated. Who is at a load when the invalidation comes may still serve it, to those who had asked before. A
 * refresh ahead of time is a load like any other: it has a lease, it is fenced, and it takes only the place of the very
 * value that it was begun for.
 *
 * <h2>When Redis is away</h2>
 *
 * <p>Reads go to the loader and nothing is kept. A key whose invalidation did not reach Redis is <em>pending</em>: this
 * instance reads it from the loader, so that it sees its own write, until the invalidation is acknowledged.
 *
 * @param <K> type of the key
 * @param <V> type of the value
 */
final class LeasedCache<K, V> implements TwoTierCache<K, V>, InvalidationLog.Listener {

  /** Most keys that are asked for in one round trip: a batch keeps Redis from serving others for so long. */
  private static final int BATCH = 500;

  private final String name;
  private final KeyText<K> keys;
  private final NearTier<K, V> near;
  private final FarTier<V> far;
  private final Search<K, V> search;
  private final Landing<K, V> landing;
  private final Freshness freshness;
  private final Loads loads;
  private final BooleanSupplier inTransaction;
  private final InvalidationLog invalidations;
  private final Host host;
  private final Validity validity;
  private final Counts counts;
  /** Null where nothing is audited. */
  private final @Nullable Auditor<K, V> auditor;

  LeasedCache(String name, KeyText<K> keys, FarTier<V> far, Source<K, V> source, Freshness freshness, long maximumSize,
      Loads loads, BooleanSupplier inTransaction, InvalidationLog invalidations, Counts counts,
      CacheSettings settings) {
    this.name = name;
    this.keys = keys;
    this.far = far;
    this.freshness = freshness;
    this.loads = loads;
    this.inTransaction = inTransaction;
    this.invalidations = invalidations;
    this.host = invalidations.host();
    this.validity = invalidations.validity();
    this.counts = counts;
    this.near = new NearTier<>(maximumSize, freshness.ttl(), validity, this::refreshAhead);
    this.landing = new Landing<>(name, near, far, freshness, host, validity, counts);
    this.auditor = settings.audit() == 0 ? null : new Auditor<>(name, keys, near, far, source, loads, invalidations,
        counts, settings.audit(), settings.nearValidity());
    this.search = new Search<>(name, far, source, loads, landing, freshness, invalidations, counts, auditor);
    counts.nearSize = near::size;
  }

  @Override
  public @Nullable Found<V> peek(K key) {
    return current(key);
  }

  /** What the heap has, counted as a hit. */
  private @Nullable Entry<V> current(K key) {
    Entry<V> entry = near.current(key);
    if (entry != null) {
      counts.nearHits.increment();
      if (auditor != null) {
        auditor.near(key);
      }
    }
    return entry;
  }

  @Override
  public @Nullable V get(K key) {
    refuseInTransaction("get", key);
    Entry<V> entry = current(key);
    if (entry != null) {
      return entry.value();
    }
    return fetch(key).value();
  }

  /**
   * On a hit as on a miss: what works while the cache is warm must not fail when it is cold. A load within a
   * transaction would need a second connection while the first is held, and with all of them held so the loads would
   * wait in vain; and it would not see what that transaction has written.
   */
  private void refuseInTransaction(String call, Object of) {
    if (inTransaction.getAsBoolean()) {
      throw new IllegalStateException("Cache " + name + ": " + call + "(" + of + ") was called on a thread that is in a"
          + " transaction; it may have to load, with a connection of its own. Call it before the transaction, or read"
          + " in the transaction itself");
    }
  }

  private Entry<V> fetch(K key) {
    String text = keys.write(key);
    while (true) {
      Flight<V> mine = new Flight<>(validity.losses());
      Flight<V> flight = board(key, mine);
      if (flight == mine) {
        begin(List.of(new Trip<>(key, text, mine)), 0);
      }
      Entry<V> entry = await(key, flight);
      if (entry != null) {
        return entry;
      }
    }
  }

  private Flight<V> board(K key, Flight<V> mine) {
    // Without proof nobody may join: who asks after an invalidation that has not arrived here must not get what was
    // loaded before it.
    return validity.holds(validity.now()) ? near.board(key, mine) : mine;
  }

  private void begin(List<Trip<K, V>> trips, long newerThan) {
    try {
      search.begin(trips, newerThan);
    } catch (InterruptedException e) {
      throw interrupted(trips.getFirst().key());
    }
  }

  private CacheLoadTimeout interrupted(K key) {
    Thread.currentThread().interrupt();
    return new CacheLoadTimeout("Cache " + name + ": interrupted while waiting for " + key);
  }

  /** What a flight brings; null if it was given up before anything was loaded, and it is this caller's turn. */
  private @Nullable Entry<V> await(K key, Flight<V> flight) {
    try {
      Duration soft = freshness.softTimeout();
      if (soft != null) {
        Entry<V> stale = softly(flight, soft);
        if (stale != null) {
          return stale;
        }
      }
      // Longer than it can take: the wait for a lease, the wait for a place, and the load.
      Duration longest = far.leaseTime().plus(loads.timeout()).multipliedBy(2).plusSeconds(5);
      return host.await(flight, longest);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof Landing.Abandoned) {
        return null;
      }
      throw Failures.unchecked(cause);
    } catch (TimeoutException e) {
      // Detached, so that the next caller begins anew.
      near.remove(key, flight);
      throw new CacheLoadTimeout("Cache " + name + ": " + key + " did not come in any of the times that are set");
    } catch (InterruptedException e) {
      throw interrupted(key);
    }
  }

  /** What a flight brings in time, or else what has expired if there is any. */
  private @Nullable Entry<V> softly(Flight<V> flight, Duration soft) throws InterruptedException, ExecutionException {
    try {
      return host.await(flight, soft);
    } catch (TimeoutException e) {
      FarTier.Found<V> stale = flight.stale();
      if (stale == null) {
        return null;
      }
      counts.stale.increment();
      return landing.passing(stale.value());
    }
  }

  @Override
  public Map<K, V> getAll(Collection<? extends K> wanted) {
    refuseInTransaction("getAll", wanted);
    Map<K, V> values = new LinkedHashMap<>();
    Map<K, Flight<V>> flights = new LinkedHashMap<>();
    List<Trip<K, V>> mine = new ArrayList<>();
    for (K key : new LinkedHashSet<K>(wanted)) {
      Entry<V> entry = current(key);
      if (entry != null) {
        put(values, key, entry);
        continue;
      }
      String text = keys.write(key);
      Flight<V> own = new Flight<>(validity.losses());
      Flight<V> flight = board(key, own);
      flights.put(key, flight);
      if (flight == own) {
        mine.add(new Trip<>(key, text, own));
      }
    }
    // First all of its own, and only then what others have begun: two calls that wait for each other's keys both go on.
    beginAll(mine);
    flights.forEach((key, flight) -> {
      Entry<V> entry = await(key, flight);
      put(values, key, entry != null ? entry : fetch(key));
    });
    return values;
  }

  private void beginAll(List<Trip<K, V>> trips) {
    int begun = 0;
    try {
      while (begun < trips.size()) {
        List<Trip<K, V>> batch = trips.subList(begun, Math.min(begun + BATCH, trips.size()));
        begun += batch.size();
        begin(batch, 0);
      }
    } finally {
      // This caller was interrupted: the others who wait for these keys need not be.
      trips.subList(begun, trips.size()).forEach(landing::abandoned);
    }
  }

  private static <K, V> void put(Map<K, V> values, K key, Entry<V> entry) {
    V value = entry.value();
    if (value != null) {
      values.put(key, value);
    }
  }

  @Override
  public @Nullable V getIfPresent(K key) {
    Entry<V> entry = current(key);
    if (entry != null) {
      return entry.value();
    }
    String text = keys.write(key);
    if (invalidations.pending(name, text)) {
      return null;
    }
    try {
      FarTier.Found<V> found = far.get(List.of(text), validity.farNow(), false).getFirst().orElse(null);
      if (found == null) {
        return null;
      }
      counts.farHits.increment();
      if (auditor != null) {
        auditor.far(key, text, found);
      }
      return found.value();
    } catch (Redis.Unavailable e) {
      return null;
    }
  }

  @Override
  public void refresh(K key) {
    String text = keys.write(key);
    loads.inBackground(() -> {
      Flight<V> there = validity.holds(validity.now()) ? near.landed(key) : null;
      if (there != null) {
        search.refresh(new Trip<>(key, text, new Flight<>(there)), FarTier.NEVER);
        return;
      }
      Flight<V> mine = new Flight<>(validity.losses());
      if (board(key, mine) == mine) {
        begin(List.of(new Trip<>(key, text, mine)), FarTier.NEVER);
      }
    });
  }

  /** Called on any thread, also one that must not block. */
  private void refreshAhead(K key, Flight<V> aged) {
    loads.inBackground(() -> search.refresh(new Trip<>(key, keys.write(key), new Flight<>(aged)), aged.farUntil()));
  }

  @Override
  public void invalidate(K key) {
    invalidateAll(List.of(key));
  }

  @Override
  public void invalidate(Tx tx, K key) {
    invalidateAll(tx, List.of(key));
  }

  @Override
  public void invalidateAll(Collection<? extends K> some) {
    List<K> gone = List.copyOf(some);
    if (!gone.isEmpty()) {
      remove(gone, texts(gone));
    }
  }

  @Override
  public void invalidateAll(Tx tx, Collection<? extends K> some) {
    List<K> gone = List.copyOf(some);
    if (!gone.isEmpty()) {
      List<String> texts = texts(gone);
      announce(tx, texts, () -> remove(gone, texts));
    }
  }

  @Override
  public void invalidateAll() {
    clear();
  }

  @Override
  public void invalidateAll(Tx tx) {
    announce(tx, Outbox.ALL_KEYS, this::clear);
  }

  private List<String> texts(List<K> some) {
    return some.stream().map(keys::write).toList();
  }

  /**
   * Has something done once the transaction has committed, and written down in it, should this instance not come to do
   * it.
   */
  private void announce(Tx tx, List<String> texts, Supplier<String> removal) {
    Outbox outbox = invalidations.outbox();
    LongSupplier row = outbox.announce(tx, name, texts);
    tx.onEnd(outcome -> {
      if (outcome != Outcome.ROLLED_BACK) {
        String epoch = removal.get();
        if (outcome == Outcome.COMMITTED) {
          // Otherwise nobody knows whether there is one, and the relay sends it again.
          outbox.taken(row.getAsLong(), epoch);
        }
      }
    });
  }

  /** Removes keys, far then near; the epoch in which Redis has taken that, empty if it has not. */
  private String remove(List<K> gone, List<String> texts) {
    try {
      return invalidations.append(name, texts);
    } finally {
      gone.forEach(near::remove);
    }
  }

  /** Removes all keys, likewise. */
  private String clear() {
    try {
      Optional<LogWriter.Cleared> cleared = invalidations.clear(name);
      cleared.ifPresent(answer -> far.generation().learn(answer.generation()));
      return cleared.map(LogWriter.Cleared::epoch).orElse("");
    } finally {
      near.clear();
    }
  }

  @Override
  public void invalidated(String text) {
    near.remove(keys.parse().apply(text));
  }

  @Override
  public void cleared(byte[] generation) {
    // In this order: a read in between would bring a value of the generation before back from Redis.
    far.generation().learn(generation);
    near.clear();
  }

  @Override
  public byte[] generation() {
    return far.generation().bytes();
  }

  @Override
  public void joined(byte[] generation) {
    far.generation().reset(generation);
  }

  /** How many places are taken in the heap. */
  int nearSize() {
    return near.size();
  }

  @Override
  public CacheStats stats() {
    return counts.snapshot();
  }
}
