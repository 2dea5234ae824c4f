package dev.scalable.cache;

import dev.scalable.db.Outcome;
import dev.scalable.db.Tx;
import dev.scalable.redis.Redis;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cache by "leased fill, proven L1".
 *
 * <h2>The race that it is about</h2>
 *
 * <p>A reader misses, loads the old row, and is paused. A writer commits the new row and removes the key. The reader wakes up and
 * stores the old row, which stays until its time to live ends. A cache that only deletes cannot see this; it has to make the reader
 * prove, at the moment of storing, that nothing has happened to the key since it began to load.
 *
 * <h2>Far: a fill needs a lease</h2>
 *
 * <p>Before it loads, a reader puts a random token at the key's lease (script LEASE); others see that and wait, so there is one load
 * in the cluster. To store, it must present the token (script FILL). An invalidation deletes the value <em>and the lease</em> in one
 * script, so every load that began before it is fenced. It is a proof that must be present and not a tombstone that must not be
 * lost: whatever Redis forgets, by eviction, flush or restart, only rejects fills.
 *
 * <h2>Near: a place is taken before anything is read</h2>
 *
 * <p>What goes into the heap is a future, put in the key's place before Redis is asked. An invalidation removes it from there; when
 * it completes, it reaches those who waited for it, who had asked before, and stays for nobody. A fenced value gives up its place by
 * itself. The order of an invalidation is far, then near: the other way round, a read in between would bring the old value back
 * from Redis. The own entry of the log is applied as well, for the same reason.
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
 * has Redis compare.
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
 * <h2>When Redis is away</h2>
 *
 * <p>Reads go to the loader and nothing is kept. A key whose invalidation did not reach Redis is <em>pending</em>: this instance
 * reads it from the loader, so that it sees its own write, until the invalidation is acknowledged.
 *
 * @param <K> type of the key
 * @param <V> type of the value
 */
final class LeasedCache<K, V> implements TwoTierCache<K, V>, InvalidationLog.Listener {

  private static final Logger log = LoggerFactory.getLogger(LeasedCache.class);

  private static final Duration FIRST_WAIT = Duration.ofMillis(5);
  private static final Duration LONGEST_WAIT = Duration.ofMillis(40);

  private final String name;
  private final KeyText<K> keys;
  private final NearTier<K, V> near;
  private final FarTier<V> far;
  private final CacheLoader<K, V> loader;
  private final InvalidationLog invalidations;
  private final Validity validity;
  private final Duration loadTimeout;
  private final Counts counts;

  LeasedCache(String name, KeyText<K> keys, NearTier<K, V> near, FarTier<V> far, CacheLoader<K, V> loader,
      InvalidationLog invalidations, Duration loadTimeout, Counts counts) {
    this.name = name;
    this.keys = keys;
    this.near = near;
    this.far = far;
    this.loader = loader;
    this.invalidations = invalidations;
    this.validity = invalidations.validity();
    this.loadTimeout = loadTimeout;
    this.counts = counts;
  }

  @Override
  public @Nullable Found<V> peek(K key) {
    NearTier.Entry<V> entry = near.current(key);
    if (entry != null) {
      counts.nearHits.increment();
    }
    return entry;
  }

  @Override
  public @Nullable V get(K key) {
    NearTier.Entry<V> entry = near.current(key);
    if (entry != null) {
      counts.nearHits.increment();
      return entry.value();
    }
    String text = keys.write(key);
    NearTier.Flight<V> mine = new NearTier.Flight<>(validity.generation());
    if (!validity.holds(System.nanoTime())) {
      // Nobody may join: whoever asks after an invalidation that has not arrived here must not get what was loaded before it.
      return fly(key, text, mine).value();
    }
    NearTier.Flight<V> flight = near.board(key, mine);
    return flight == mine ? fly(key, text, mine).value() : await(key, flight).value();
  }

  /** Completes a flight, whatever happens, and keeps its place only if the value may stay. */
  private NearTier.Entry<V> fly(K key, String text, NearTier.Flight<V> flight) {
    try {
      NearTier.Entry<V> entry = read(key, text, flight);
      flight.complete(entry);
      return entry;
    } catch (Throwable t) {
      near.remove(key, flight);
      flight.completeExceptionally(t);
      throw t;
    }
  }

  private NearTier.Entry<V> await(K key, NearTier.Flight<V> flight) {
    try {
      return flight.get(loadTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw Failures.unchecked(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      // Detached, so that the next caller begins anew instead of waiting for a load that hangs.
      near.remove(key, flight);
      throw new CacheLoadTimeout("Cache " + name + ": " + key + " was being loaded for longer than " + loadTimeout.toMillis()
          + " ms by another caller; its place was given up");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CacheLoadTimeout("Cache " + name + ": interrupted while waiting for " + key);
    }
  }

  /** From Redis if it is there; else loaded, by whoever gets the lease. */
  private NearTier.Entry<V> read(K key, String text, NearTier.Flight<V> flight) {
    // Asked only now that the place is taken: whoever makes the key pending after this answer removes the place.
    if (invalidations.pending(name, text)) {
      return uncached(key, flight);
    }
    int generation = flight.generation();
    long giveUp = System.nanoTime() + loadTimeout.toNanos();
    try {
      // While nothing is proven, neither is the generation that is known here: the script LEASE asks for both at once.
      Optional<FarTier.Found<V>> found =
          validity.holds(System.nanoTime()) ? far.get(text, validity.farNow()) : Optional.empty();
      if (found.isPresent()) {
        counts.farHits.increment();
        return entry(found.get(), generation);
      }
      Duration wait = FIRST_WAIT;
      while (true) {
        switch (far.lease(text)) {
          case FarTier.Reply.Fresh<V> fresh -> {
            counts.farHits.increment();
            return entry(fresh.found(), generation);
          }
          case FarTier.Reply.Granted<V> granted -> {
            return load(key, text, granted.lease(), flight, generation);
          }
          case FarTier.Reply.Busy<V> busy -> {
            if (System.nanoTime() - giveUp > 0 || !pause(wait)) {
              return uncached(key, flight);
            }
            wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
          }
        }
      }
    } catch (Redis.Unavailable e) {
      log.debug("Cache {}: {} is read from its source: {}", name, text, e.getMessage());
      return uncached(key, flight);
    }
  }

  private NearTier.Entry<V> load(K key, String text, FarTier.Lease lease, NearTier.Flight<V> flight, int generation) {
    try {
      V value = loadNow(key);
      Optional<Long> freshUntil = store(text, lease, value);
      return freshUntil.isPresent()
          ? new NearTier.Entry<>(value, generation, validity.near(freshUntil.get())) : passing(key, value, flight);
    } catch (RuntimeException | Error e) {
      // The loader has failed, or its value cannot be written: the next caller need not wait for the lease to lapse.
      try {
        far.release(text, lease);
      } catch (Redis.Unavailable unreachable) {
        e.addSuppressed(unreachable);
      }
      throw e;
    }
  }

  /** Until when a loaded value is fresh; empty if Redis did not take it. */
  private Optional<Long> store(String text, FarTier.Lease lease, @Nullable V value) {
    try {
      Optional<Long> freshUntil = far.fill(text, lease, value);
      (freshUntil.isPresent() ? counts.stored : counts.fenced).increment();
      return freshUntil;
    } catch (Redis.Unavailable e) {
      log.debug("Cache {}: {} was loaded and not stored: {}", name, text, e.getMessage());
      return Optional.empty();
    }
  }

  private NearTier.Entry<V> uncached(K key, NearTier.Flight<V> flight) {
    counts.bypassed.increment();
    return passing(key, loadNow(key), flight);
  }

  private @Nullable V loadNow(K key) {
    counts.loads.increment();
    try {
      return loader.load(key);
    } catch (Exception e) {
      throw Failures.unchecked(e);
    }
  }

  private NearTier.Entry<V> entry(FarTier.Found<V> found, int generation) {
    return new NearTier.Entry<>(found.value(), generation, validity.near(found.freshUntil()));
  }

  /** A value for those who already wait, and for nobody later. */
  private NearTier.Entry<V> passing(K key, @Nullable V value, NearTier.Flight<V> flight) {
    near.remove(key, flight);
    return new NearTier.Entry<>(value, validity.generation() - 1, System.nanoTime());
  }

  private static boolean pause(Duration span) {
    try {
      TimeUnit.NANOSECONDS.sleep(span.toNanos());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
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
    long row = outbox.announce(tx, name, texts);
    tx.onEnd(outcome -> {
      if (outcome != Outcome.ROLLED_BACK) {
        outbox.taken(row, removal.get());
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
