package dev.scalable.cache;

import static dev.scalable.cache.ScriptValues.bytes;
import static dev.scalable.cache.ScriptValues.text;

import dev.scalable.redis.Redis;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Removes keys from Redis and writes that into the log, each time by one script. It throws {@link Redis.Unavailable}
 * when Redis has not acknowledged that, and to do it again does no harm. Safe for use by many threads.
 */
@Singleton
final class LogWriter {

  /** Entries that the log keeps at least: who is behind by more empties its heap. */
  private static final int LONGEST_LOG = 10_000;
  /** Most keys of one script: nobody else is served while it runs. */
  private static final int MOST_KEYS = 500;

  private final Redis redis;
  private final FarNames names;
  private final Host host;
  /** By which an instance knows its own entries. */
  private final String source;

  @Inject
  LogWriter(Redis redis, CacheSettings settings, Host host) {
    this.redis = redis;
    this.names = new FarNames(settings.namespace());
    this.host = host;
    this.source = mark();
  }

  /**
   * What Redis has answered to a CLEAR.
   *
   * @param epoch the epoch in which it has taken it; empty if there is none
   * @param generation the new generation of the cache
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Cleared(String epoch, byte[] generation) {}

  String source() {
    return source;
  }

  /**
   * Removes keys of a cache, and the rights to fill them.
   *
   * @return the epoch in which Redis has taken it; empty if there is none, or a new one has begun meanwhile
   */
  String invalidate(String cache, List<String> keys) {
    String epoch = null;
    for (int from = 0; from < keys.size(); from += MOST_KEYS) {
      String taken = invalidateSome(cache, keys.subList(from, Math.min(keys.size(), from + MOST_KEYS)));
      epoch = epoch == null || epoch.equals(taken) ? taken : "";
    }
    return epoch == null ? "" : epoch;
  }

  private String invalidateSome(String cache, List<String> keys) {
    List<byte[]> touched = new ArrayList<>(2 * keys.size() + 3);
    touched.add(names.last());
    touched.add(names.log());
    touched.add(names.epoch());
    for (String key : keys) {
      touched.add(names.value(cache, key));
      touched.add(names.lease(cache, key));
    }
    return text(redis.run(Scripts.INVALIDATE, touched, List.of(bytes(LONGEST_LOG), bytes(mark()),
        bytes(source), bytes(cache), PackedKeys.pack(keys))));
  }

  /** Removes all keys of a cache: what was stored or begun to be loaded before this is of a generation that is past. */
  Cleared clear(String cache) {
    List<byte[]> touched = List.of(names.last(), names.log(), names.epoch(), names.generation(cache));
    List<byte[]> arguments = List.of(bytes(LONGEST_LOG), bytes(mark()), bytes(source), bytes(cache));
    if (redis.run(Scripts.CLEAR, touched, arguments) instanceof List<?> reply
        && reply.get(1) instanceof byte[] generation) {
      return new Cleared(text(reply.get(0)), generation);
    }
    throw new IllegalStateException("The script CLEAR has returned no generation");
  }

  private String mark() {
    return HexFormat.of().toHexDigits(host.chance().nextLong());
  }
}
