package dev.scalable.cache;

import dev.scalable.cache.NearTier.Flight;
import dev.scalable.check.SharedState;
import dev.scalable.redis.Redis;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks into some hits of a cache while the service runs: whether what was served is what the source has. What this
 * library says of coherence is then a number that the service measures about itself, and a change that bypasses {@code
 * invalidate} is found where it happens.
 *
 * <h2>When a hit was a lie</h2>
 *
 * <p>That the source has another value than was served proves nothing: it may have changed since, or its invalidation
 * be on its way. So a hit is looked into in two steps.
 *
 * <ol>
 *   <li>After the validity bound S the source is read. The same value: the hit was right, and that is the end.
 *   <li>Another value: whoever has written it had committed by then, at a moment T. From T on there is as long as all
 *       that the cache says it may take: S, and {@link #HEALING} for a writer that has died or a Redis that has lost
 *       its last writes. If this instance would then still serve the very fill that was sampled, the fill has outlived
 *       an invalidation that it should have died of, since it was there before T and the change was not. Otherwise it
 *       was gone in time, and the hit was right.
 * </ol>
 *
 * <p><em>The very fill</em>, and not an equal value: it is known by the moment until which Redis has it fresh, which
 * each fill writes anew. By their values, an old entry that stayed and a new one that was loaded after the value had
 * been changed back would be the same. If another fill serves an old value, it is judged by the hits on that one: a lie
 * that lasts is sampled again.
 *
 * <p>At the end the source is read once more. A loader that gives another value each time it is asked, such as one that
 * puts the time into it, would fail every comparison; and one that reads replicas may have been given an older value.
 * Only a source that stays with the other value is believed. What cannot be told is an {@code error}, as is a source
 * that fails: neither is evidence of anything.
 *
 * <p>Not found are lies that end sooner than these times, by a short time to live for example, and changes that every
 * loader sees wrongly.
 *
 * <h2>What it costs</h2>
 *
 * <p>A hit that is not drawn costs a random number, and no more than a look at a field where nothing is audited. One
 * that is drawn costs a read of the source, in a place of {@link Loads} if one is free just then, and one more where it
 * differs; nobody waits for it. At most {@link #MOST} are looked into at once; beyond that, and without a free place,
 * a hit is left alone and counted nowhere.
 *
 * @param <K> type of the key
 * @param <V> type of the value
 */
@SharedState("the hits of this instance that are being looked into")
final class Auditor<K, V> {

  private static final Logger log = LoggerFactory.getLogger(Auditor.class);

  /** What a relay takes at most to send what a dead instance, or a failover, has lost. */
  static final Duration HEALING = Duration.ofSeconds(3);
  /** Most hits that are looked into at once: each keeps a value, for up to twice the bound and {@link #HEALING}. */
  static final int MOST = 16;
  private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);

  private final String name;
  private final KeyText<K> keys;
  private final NearTier<K, V> near;
  private final FarTier<V> far;
  private final Source<K, V> source;
  private final Loads loads;
  private final InvalidationLog invalidations;
  private final Host host;
  private final Counts counts;
  private final int oneIn;
  private final Duration bound;
  private final Semaphore places = new Semaphore(MOST);
  private final AtomicLong nextWarning;
  private final LongAdder unsaid = new LongAdder();

  /**
   * Looks into hits of one cache.
   *
   * @param oneIn of so many hits one is looked into, by chance
   * @param bound the validity bound
   */
  Auditor(String name, KeyText<K> keys, NearTier<K, V> near, FarTier<V> far, Source<K, V> source, Loads loads,
      InvalidationLog invalidations, Counts counts, int oneIn, Duration bound) {
    this.name = name;
    this.keys = keys;
    this.near = near;
    this.far = far;
    this.source = source;
    this.loads = loads;
    this.invalidations = invalidations;
    this.host = invalidations.host();
    this.nextWarning = new AtomicLong(host.nanoTime());
    this.counts = counts;
    this.oneIn = oneIn;
    this.bound = bound;
  }

  /** A value that was served; its fill is known by the moment, in ms of Redis, until which it is fresh there. */
  private record Hit<K, V>(K key, String text, @Nullable V value, long fill) {}

  /** The heap has answered. Never blocks. */
  void near(K key) {
    if (!drawn()) {
      return;
    }
    Flight<V> flight = near.landed(key);
    // Before Redis has taken it nobody knows it as a fill, and it may leave by itself.
    if (flight != null && flight.farUntil() != 0) {
      begin(new Hit<>(key, keys.write(key), flight.join().value(), flight.farUntil()));
    }
  }

  /** Redis has answered. Never blocks. */
  void far(K key, String text, FarTier.Found<V> found) {
    if (drawn()) {
      begin(new Hit<>(key, text, found.value(), found.freshUntil()));
    }
  }

  private boolean drawn() {
    return host.chance().nextInt(oneIn) == 0;
  }

  private void begin(Hit<K, V> hit) {
    if (places.tryAcquire()) {
      later(bound, () -> read(hit, value -> compare(hit, value)));
    }
  }

  private void later(Duration wait, Runnable step) {
    CompletableFuture.delayedExecutor(wait.toNanos(), TimeUnit.NANOSECONDS, loads::inBackground).execute(() -> {
      try {
        step.run();
      } catch (RuntimeException e) {
        failed(e);
      }
    });
  }

  private void compare(Hit<K, V> hit, @Nullable V other) {
    if (same(hit.value(), other)) {
      end(counts.auditsOk);
    } else {
      later(bound.plus(HEALING), () -> {
        if (served(hit)) {
          read(hit, again -> judge(hit, other, again));
        } else {
          end(counts.auditsOk);
        }
      });
    }
  }

  private void judge(Hit<K, V> hit, @Nullable V other, @Nullable V again) {
    if (same(other, again)) {
      warn(hit, again);
      end(counts.auditsStale);
    } else if (same(hit.value(), again)) {
      end(counts.auditsOk);
    } else {
      throw new IllegalStateException("its source gives another value each time");
    }
  }

  /** Whether a read on this instance would be answered with this fill now, from either tier. */
  private boolean served(Hit<K, V> hit) {
    Validity validity = invalidations.validity();
    boolean proven = validity.holds(host.nanoTime());
    Flight<V> flight = near.landed(hit.key());
    if (proven && flight != null && flight.farUntil() == hit.fill()) {
      return true;
    }
    if (invalidations.pending(name, hit.text())) {
      return false;
    }
    try {
      return far.get(List.of(hit.text()), validity.farNow(), proven).getFirst()
          .filter(found -> found.freshUntil() == hit.fill()).isPresent();
    } catch (Redis.Unavailable e) {
      return false;
    }
  }

  /** Reads the source, in a place of its own, and goes on with what it has. */
  private void read(Hit<K, V> hit, Consumer<@Nullable V> then) {
    if (!loads.enter()) {
      // Those who wait for a value come first.
      places.release();
      return;
    }
    loads.start(() -> source.load(Map.of(hit.key(), new Loaded.Context<>(null, loads.timeout()))),
        "Cache " + name + ": the audit of " + hit.key(), new Loads.Ending<>() {
          @Override
          public void loaded(Map<K, Loaded<V>> results, long nanos) {
            then.accept(value(results.get(hit.key())));
          }

          @Override
          public void failed(Throwable failure) {
            Auditor.this.failed(failure);
          }
        });
  }

  private @Nullable V value(@Nullable Loaded<V> loaded) {
    return switch (loaded) {
      case Loaded.Value<V> value -> value.value();
      case Loaded.Absent<V> absent -> null;
      case null, default -> throw new IllegalStateException("its source has " + loaded);
    };
  }

  /** The order of a set may differ, and what a codec leaves out: either is no difference. */
  private boolean same(@Nullable V one, @Nullable V other) {
    return Objects.equals(one, other) || Arrays.equals(far.encode(one, 0), far.encode(other, 0));
  }

  private void failed(Throwable failure) {
    log.debug("Cache {}: a hit could not be audited: {}", name, failure.toString());
    end(counts.auditErrors);
  }

  private void end(LongAdder result) {
    result.increment();
    places.release();
  }

  private void warn(Hit<K, V> hit, @Nullable V other) {
    long now = host.nanoTime();
    long due = nextWarning.get();
    if (now - due < 0 || !nextWarning.compareAndSet(due, now + BETWEEN_WARNINGS.toNanos())) {
      unsaid.increment();
      return;
    }
    log.warn("Cache {}: the key {} was still served {} ms after its source had another value; cached is {}, the source"
        + " has {}. Something changes it without an invalidation, or the invalidation was lost. Not told since the last"
        + " such warning: {}", name, hit.text(), bound.plus(HEALING).toMillis(), shape(hit.value()), shape(other),
        unsaid.sumThenReset());
  }

  /** What kind of value it is, and nothing of what is in it. */
  private String shape(@Nullable V value) {
    return value == null ? "nothing"
        : value.getClass().getSimpleName() + " of " + far.encode(value, 0).length + " bytes";
  }
}
