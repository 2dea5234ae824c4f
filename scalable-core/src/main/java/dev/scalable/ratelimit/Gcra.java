package dev.scalable.ratelimit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.redis.Redis;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The generic cell rate algorithm (ITU-T I.371), in one script that Redis runs as a whole, so that two instances never
 * both take the last place.
 *
 * <p>It is a bucket that leaks evenly, kept as one number for each key: the time at which the bucket will be empty if
 * nobody comes, called the theoretical arrival time. A request puts one interval into it, {@code per / count} long. It
 * is let in if the bucket then holds no more than {@code count} intervals. So after a pause {@code count} requests may
 * come at once, and from then on one for each interval; within any time {@code t} at most {@code count + t / interval}.
 * A fixed window would let in twice the count around its edge, and a log of all requests would need room for each.
 *
 * <p>The clock is that of Redis alone: those of the instances differ. Where it goes back, on a failover to another
 * machine, a time further ahead than a full bucket is one that cannot be, and is taken for a full bucket. The key ends
 * when its bucket is empty.
 */
final class Gcra {

  /**
   * Times in microseconds, which a Lua number holds exactly until the year 2255; they are formatted, since Lua's
   * {@code tostring} rounds to 14 digits. Returns: whether let in; how many more would be; when one would be, if this
   * was not; when the bucket is empty.
   */
  private static final Redis.Script SCRIPT = Redis.Script.of("""
      local interval, count = tonumber(ARGV[1]), tonumber(ARGV[2])
      local clock = redis.call('TIME')
      local now = clock[1] * 1000000 + clock[2]
      local full = interval * count
      local empty = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now), now + full)
      local filled = empty + interval
      if filled - now > full then
        return {0, 0, filled - full - now, empty - now}
      end
      redis.call('SET', KEYS[1], string.format('%.0f', filled), 'PX', math.ceil((filled - now) / 1000))
      return {1, math.floor((full - (filled - now)) / interval), 0, filled - now}
      """);

  private static final int DIGEST_BYTES = 16;

  private final Redis redis;
  private final String prefix;
  private final Outage outage;

  Gcra(Redis redis, String prefix, Outage outage) {
    this.redis = redis;
    this.prefix = prefix;
    this.outage = outage;
  }

  /**
   * What Redis said.
   *
   * @param letIn whether the request is within the limit, and was counted
   * @param remaining how many more would be let in now
   * @param retryAfter when one would be, if this one was not; else zero
   * @param reset when all would be
   */
  record Verdict(boolean letIn, long remaining, Duration retryAfter, Duration reset) {}

  /** Counts one request; empty if Redis did not say. Takes at most the time that Redis is given. */
  Optional<Verdict> count(String key, int count, Duration per) {
    long intervalMicros = intervalMicros(count, per);
    try {
      Object said = redis.run(SCRIPT, List.of(bytes(prefix + ":" + digest(key))),
          List.of(bytes(Long.toString(intervalMicros)), bytes(Integer.toString(count))));
      outage.counted();
      return Optional.of(verdict(said));
    } catch (Redis.Unavailable e) {
      outage.failed(e);
      return Optional.empty();
    }
  }

  /** Rounded up: rather one too few. */
  static long intervalMicros(int count, Duration per) {
    return Math.ceilDiv(per.toNanos() / 1_000, count);
  }

  private static Verdict verdict(@Nullable Object said) {
    if (said instanceof List<?> list && list.size() == 4 && list.get(0) instanceof Long letIn
        && list.get(1) instanceof Long remaining && list.get(2) instanceof Long retryAfter
        && list.get(3) instanceof Long reset) {
      return new Verdict(letIn == 1, remaining, micros(retryAfter), micros(reset));
    }
    throw new IllegalStateException("Redis ran the script of rate limits and returned what it cannot return: " + said);
  }

  private static Duration micros(long micros) {
    return Duration.ofNanos(micros * 1_000);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** Of one length whatever a client sends, and of no use to who reads Redis, since keys may be personal or secret. */
  private static String digest(String key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes(key));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, DIGEST_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
