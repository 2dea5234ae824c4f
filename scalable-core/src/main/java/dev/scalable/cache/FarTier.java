package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.redis.Redis;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The values in Redis, and the rights to fill them. Each call is one round trip.
 *
 * <p>A value is stored behind a header: 8 bytes until when it is fresh (ms of the Redis server's clock), 8 bytes generation of the
 * cache, 1 byte format, 1 byte flags, 4 bytes shape of the value's type; then the payload.
 *
 * @param <V> type of the value
 */
final class FarTier<V> {

  private static final int GENERATION = 8;
  private static final int FORMAT_AT = 16;
  private static final int PAYLOAD_AT = 22;
  private static final byte FORMAT = 1;
  private static final byte ABSENT = 1;

  private final Payload<V> payload;
  private final Redis redis;
  private final FarNames names;
  private final String name;
  private final Duration leaseTime;
  private final Duration ttl;
  private final Duration absentTtl;
  private final KnownGeneration generation = new KnownGeneration();

  FarTier(String name, Payload<V> payload, Redis redis, CacheSettings settings, Duration ttl, Duration absentTtl) {
    this.name = name;
    this.payload = payload;
    this.redis = redis;
    this.names = new FarNames(settings.namespace());
    this.leaseTime = settings.loadTimeout().plusSeconds(1);
    this.ttl = ttl;
    this.absentTtl = absentTtl;
  }

  /**
   * A value found or stored.
   *
   * @param value the value, null when it is known that there is none
   * @param freshUntil end of its time to live, in ms of the Redis server's clock
   */
  record Found<V>(@Nullable V value, long freshUntil) {}

  /** The right to fill a key: its token, and the generation it was granted in. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Lease(byte[] token, byte[] generation) {}

  /** What asking for a value or the right to fill it comes to. */
  sealed interface Reply<V> {
    /** There is a value. */
    record Fresh<V>(Found<V> found) implements Reply<V> {}

    /** There is none, and the asker has the right to fill it. */
    record Granted<V>(Lease lease) implements Reply<V> {}

    /** There is none, and someone else has the right. */
    record Busy<V>() implements Reply<V> {}
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

  /**
   * The value if it is there, fresh, and of the known generation; so only to be asked while that is proven to be the
   * newest.
   *
   * @param now the Redis server's clock as far as it is known here
   */
  Optional<Found<V>> get(String key, long now) {
    byte[] stored = redis.get(valueKey(key));
    if (stored == null || stored.length < PAYLOAD_AT || ByteBuffer.wrap(stored).getLong() <= now) {
      return Optional.empty();
    }
    return generation.isAt(stored, GENERATION, FORMAT_AT) ? decode(stored) : Optional.empty();
  }

  private Optional<Found<V>> decode(byte[] stored) {
    ByteBuffer header = ByteBuffer.wrap(stored);
    long freshUntil = header.getLong();
    if (header.get(FORMAT_AT) != FORMAT || header.getInt(FORMAT_AT + 2) != payload.shape()) {
      return Optional.empty();
    }
    if (header.get(FORMAT_AT + 1) == ABSENT) {
      return Optional.of(new Found<>(null, freshUntil));
    }
    return payload.decode(Arrays.copyOfRange(stored, PAYLOAD_AT, stored.length)).map(value -> new Found<>(value, freshUntil));
  }

  /** Asks for the value, or for the right to fill it; that right is also given where the stored value is of another shape. */
  Reply<V> lease(String key) {
    return lease(key, false);
  }

  private Reply<V> lease(String key, boolean overwrite) {
    byte[] token = random(16);
    List<?> reply = (List<?>) redis.run(Scripts.LEASE, List.of(valueKey(key), leaseKey(key), names.generation(name)),
        List.of(token, number(leaseTime.toMillis()), number(overwrite ? 1 : 0)));
    if (reply == null) {
      throw new IllegalStateException("The script LEASE has returned nothing");
    }
    byte[] current = (byte[]) reply.get(3);
    generation.learn(current);
    return switch (((Long) reply.get(0)).intValue()) {
      case 1 -> decode((byte[]) reply.get(1)).<Reply<V>>map(Reply.Fresh::new).orElseGet(() -> lease(key, true));
      case 2 -> new Reply.Granted<>(new Lease(token, current));
      default -> new Reply.Busy<>();
    };
  }

  /**
   * Stores a loaded value.
   *
   * @return until when it is fresh, in ms of the Redis server's clock; empty when the right to fill it was revoked meanwhile
   */
  Optional<Long> fill(String key, Lease lease, @Nullable V value) {
    byte[] body = payload.encode(value);
    byte[] stored = ByteBuffer.allocate(PAYLOAD_AT - FORMAT_AT + body.length)
        .put(FORMAT).put(value == null ? ABSENT : 0).putInt(payload.shape()).put(body).array();
    List<?> reply = (List<?>) redis.run(Scripts.FILL, List.of(valueKey(key), leaseKey(key), names.generation(name)),
        List.of(lease.token(), lease.generation(), number(jittered(value == null ? absentTtl : ttl)), stored));
    return reply != null && reply.get(0).equals(1L) ? Optional.of((Long) reply.get(1)) : Optional.empty();
  }

  /** Gives the right back, so that the next caller need not wait for it to lapse. */
  void release(String key, Lease lease) {
    redis.run(Scripts.RELEASE, List.of(leaseKey(key)), List.of(lease.token()));
  }

  private static long jittered(Duration span) {
    long millis = span.toMillis();
    return millis - ThreadLocalRandom.current().nextLong(millis / 10 + 1);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    ThreadLocalRandom.current().nextBytes(bytes);
    return bytes;
  }

  private static byte[] number(long value) {
    return Long.toString(value).getBytes(UTF_8);
  }
}
