package dev.scalable.cache;

import static dev.scalable.cache.ScriptValues.bytes;
import static dev.scalable.cache.ScriptValues.list;

import dev.scalable.redis.Redis;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The values in Redis, and the rights to fill them. Each call is one round trip, for however many keys.
 *
 * <p>A value is stored behind 8 bytes until when it is fresh (ms of the Redis server's clock) and 8 bytes generation of
 * the cache; then comes what {@link Payload} writes.
 *
 * @param <V> type of the value
 */
final class FarTier<V> {

  private static final int GENERATION_AT = 8;
  private static final int PAYLOAD_AT = 16;
  /** Later than any time that Redis tells, and exact in Lua, whose numbers are doubles. */
  static final long NEVER = 1L << 53;
  /** For how long a source that has failed is not asked again, where there is an old value to serve instead. */
  private static final Duration REST = Duration.ofSeconds(1);

  private final Payload<V> payload;
  private final Redis redis;
  private final FarNames names;
  private final String name;
  private final Duration leaseTime;
  private final boolean wantsStale;
  private final Host host;
  private final KnownGeneration generation = new KnownGeneration();

  /**
   * The values of one cache.
   *
   * @param wantsStale whether values that have expired are of use
   */
  FarTier(String name, Payload<V> payload, Redis redis, CacheSettings settings, boolean wantsStale, Host host) {
    this.name = name;
    this.payload = payload;
    this.redis = redis;
    this.names = new FarNames(settings.namespace());
    this.leaseTime = settings.loadTimeout().plusSeconds(1);
    this.wantsStale = wantsStale;
    this.host = host;
  }

  /**
   * A value found.
   *
   * @param value the value, null when it is known that there is none
   * @param freshUntil end of its time to live, in ms of the Redis server's clock
   * @param loadNanos how long its load took
   */
  record Found<V>(@Nullable V value, long freshUntil, long loadNanos) {}

  /** The right to fill a key: its token, and the generation it was granted in. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Lease(String key, byte[] token, byte[] generation) {}

  /** A loaded value to be stored: what it is, for how many ms it is fresh, for how many it is kept. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Fill(Lease lease, byte[] body, long freshMillis, long keptMillis) {}

  /**
   * What asking for a value or the right to fill it comes to. An expired value comes along if there is one and it is of
   * use.
   */
  sealed interface Reply<V> {
    /** There is a value. */
    record Fresh<V>(Found<V> found) implements Reply<V> {}

    /** There is none, and the asker has the right to fill it. */
    record Granted<V>(Lease lease, @Nullable Found<V> stale) implements Reply<V> {}

    /** There is none, and someone else has the right; or nobody, since the source has failed a moment ago. */
    record Busy<V>(@Nullable Found<V> stale, boolean resting) implements Reply<V> {}
  }

  /** The generation as far as it is known here; a value of another one is not trusted without asking. */
  KnownGeneration generation() {
    return generation;
  }

  private byte[] valueKey(String key) {
    return names.value(name, key);
  }

  private byte[] leaseKey(String key) {
    return names.lease(name, key);
  }

  /** How long a right to fill lasts: who waits for one knows more after that. */
  Duration leaseTime() {
    return leaseTime;
  }

  /**
   * The values that are there and fresh, in the order of the keys.
   *
   * @param now the Redis server's clock as far as it is known here
   * @param proven whether the generation known here is proven to be the present one; else it is asked for as well
   */
  List<Optional<Found<V>>> get(List<String> keys, long now, boolean proven) {
    List<byte[]> wanted = new ArrayList<>(keys.stream().map(this::valueKey).toList());
    if (!proven) {
      wanted.add(names.generation(name));
    }
    List<byte @Nullable []> stored = redis.getAll(wanted);
    byte[] present = proven ? null : stored.get(keys.size());
    List<Optional<Found<V>>> found = new ArrayList<>(keys.size());
    for (byte[] each : stored.subList(0, keys.size())) {
      if (each == null || each.length <= PAYLOAD_AT || ByteBuffer.wrap(each).getLong() <= now) {
        found.add(Optional.empty());
        continue;
      }
      boolean current = proven ? generation.isAt(each, GENERATION_AT, PAYLOAD_AT)
          : present != null && Arrays.equals(each, GENERATION_AT, PAYLOAD_AT, present, 0, present.length);
      found.add(current ? Optional.ofNullable(decode(each)) : Optional.empty());
    }
    return found;
  }

  private @Nullable Found<V> decode(byte[] stored) {
    return payload.decode(stored, PAYLOAD_AT)
        .map(read -> new Found<>(read.value(), ByteBuffer.wrap(stored).getLong(), read.loadNanos())).orElse(null);
  }

  /**
   * Asks for values, or for the right to fill them, in the order of the keys; that right is also given where what is
   * stored cannot be read.
   *
   * @param newerThan a value that is fresh until then is not taken; 0 for any that is fresh now, {@link #NEVER} for
   *     none
   */
  List<Reply<V>> lease(List<String> keys, long newerThan) {
    List<byte[]> tokens = keys.stream().map(key -> random(16)).toList();
    List<Redis.Run> runs = new ArrayList<>(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i);
      runs.add(new Redis.Run(List.of(valueKey(key), leaseKey(key), names.generation(name)),
          List.of(tokens.get(i), bytes(leaseTime.toMillis()), bytes(newerThan))));
    }
    List<?> answers = redis.runEach(Scripts.LEASE, runs);
    List<Reply<V>> replies = new ArrayList<>(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      replies.add(reply(keys.get(i), tokens.get(i), list(answers.get(i))));
    }
    return replies;
  }

  private Reply<V> reply(String key, byte[] token, List<?> answer) {
    byte[] current = (byte[]) answer.get(3);
    generation.learn(current);
    byte[] stored = (byte[]) answer.get(1);
    int code = ((Long) answer.get(0)).intValue();
    if (code == 1) {
      Found<V> found = decode(stored);
      return found != null ? new Reply.Fresh<>(found) : lease(List.of(key), NEVER).getFirst();
    }
    Found<V> stale = wantsStale && stored.length > PAYLOAD_AT ? decode(stored) : null;
    return code == 2 ? new Reply.Granted<>(new Lease(key, token, current), stale) : new Reply.Busy<>(stale, code == 3);
  }

  /** What is to be stored for a value; throws what its codec throws. */
  byte[] encode(@Nullable V value, long loadNanos) {
    return payload.encode(value, loadNanos);
  }

  /**
   * Stores loaded values.
   *
   * @return until when each is fresh, in ms of the Redis server's clock; empty when the right to fill it was revoked
   *     meanwhile
   */
  List<Optional<Long>> fill(List<Fill> fills) {
    List<Redis.Run> runs = new ArrayList<>(fills.size());
    for (Fill fill : fills) {
      Lease lease = fill.lease();
      runs.add(new Redis.Run(List.of(valueKey(lease.key()), leaseKey(lease.key()), names.generation(name)),
          List.of(lease.token(), lease.generation(), bytes(fill.freshMillis()), bytes(fill.keptMillis()),
              fill.body())));
    }
    List<Optional<Long>> stored = new ArrayList<>(fills.size());
    for (Object answer : redis.runEach(Scripts.FILL, runs)) {
      List<?> reply = list(answer);
      stored.add(reply.getFirst().equals(1L) ? Optional.of((Long) reply.get(1)) : Optional.empty());
    }
    return stored;
  }

  /**
   * Gives rights back, so that the next caller need not wait for them to lapse.
   *
   * @param rests whether the source is left alone for a moment first
   */
  void release(List<Lease> leases, boolean rests) {
    byte[] rest = bytes(rests ? REST.toMillis() : 0);
    var unused = redis.runEach(Scripts.RELEASE, leases.stream()
        .map(lease -> new Redis.Run(List.of(leaseKey(lease.key())), List.of(lease.token(), rest))).toList());
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    host.chance().nextBytes(bytes);
    return bytes;
  }
}
