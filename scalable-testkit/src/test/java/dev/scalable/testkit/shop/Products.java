package dev.scalable.testkit.shop;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Products, read through two caches: the memory of the instance, and Redis.
 *
 * <p>A change writes the new version to Redis and tells all instances before it is acknowledged, so that they follow
 * within milliseconds. Should any of that get lost, no answer is older than {@link #BOUND}: what was read from the
 * database expires in Redis half a second after that read began, and what was read from Redis in memory a quarter of a
 * second after that.
 */
final class Products {
  private static final Duration IN_REDIS = Duration.ofMillis(500);
  private static final Duration IN_MEMORY = Duration.ofMillis(250);

  /** How old an answer can be: this long after a change was acknowledged, no read begins that returns the old state. */
  static final Duration BOUND = IN_REDIS.plus(IN_MEMORY);

  private static final String CHANNEL = "products";
  private static final String FOR_GOOD = "9999999999999";

  /** Never replaces a version by an older one. KEYS: the product. ARGV: version, JSON, milliseconds of expiry. */
  private static final String NEWER =
      """
      local known = redis.call('GET', KEYS[1])
      if known and tonumber(string.match(known, '^%d+')) > tonumber(ARGV[1]) then return 0 end
      redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PXAT', ARGV[3])
      return 1
      """;

  /** What is kept of a product; {@code json} is null if there is no such product. */
  private record Entry(long version, @Nullable String json, long freshUntil) {}

  private final Pool pool;
  private final Redis redis;
  private final Bugs bugs;
  private final ConcurrentMap<Long, Entry> memory = new ConcurrentHashMap<>();

  Products(Pool pool, Redis redis, Bugs bugs) {
    this.pool = pool;
    this.redis = redis;
    this.bugs = bugs;
    redis.listen(CHANNEL, this::forget, this::changed);
  }

  Reply read(Received request) throws SQLException {
    long id = request.partAsNumber(2);
    Entry known = memory.get(id);
    if (known == null || known.freshUntil - System.nanoTime() <= 0) {
      known = fetch(id);
      if (known.json != null || bugs.has(Bug.CACHED_ABSENT)) {
        memory.put(id, known);
      }
    }
    if (known.json == null) {
      throw new Refused(404, "no product " + id);
    }
    return Reply.ok(known.json);
  }

  /** Sets the price, and makes the product if there is none. */
  Reply write(Received request) throws SQLException {
    long id = request.partAsNumber(2);
    long price = request.number("price");
    long begin = System.currentTimeMillis();
    Entry now = entry(id, pool.transaction(connection -> Pool.text(connection,
        "insert into product (id, price) values (?, ?) on conflict (id) do update"
            + " set price = excluded.price, version = product.version + 1 returning price || ' ' || version",
        id, price)).orElseThrow());
    if (!bugs.has(Bug.NO_INVALIDATION)) {
      try {
        toRedis(id, now, begin);
        redis.ask("PUBLISH", CHANNEL, id + " " + now.version);
      } catch (IOException gone) {
        System.err.println("Redis does not learn of product " + id + ", whose old entries expire: " + gone);
      }
    }
    return Reply.ok(String.valueOf(now.json));
  }

  /** Empties the memory. */
  void forget() {
    memory.clear();
  }

  private void changed(String message) {
    String[] words = message.split(" ", 2);
    long version = Long.parseLong(words[1]);
    memory.computeIfPresent(
        Long.valueOf(words[0]), (id, old) -> old.version >= version || keptByMistake(old) ? old : null);
  }

  private boolean keptByMistake(Entry entry) {
    return bugs.has(Bug.STALE_L1) || (bugs.has(Bug.CACHED_ABSENT) && entry.json == null);
  }

  /** From Redis, or from the database and into Redis. */
  private Entry fetch(long id) throws SQLException {
    long begin = System.currentTimeMillis();
    long freshUntil = System.nanoTime() + IN_MEMORY.toNanos();
    try {
      if (redis.ask("GET", key(id)) instanceof String found) {
        String[] parts = found.split(" ", 2);
        return kept(new Entry(Long.parseLong(parts[0]), parts[1], freshUntil));
      }
    } catch (IOException gone) {
      System.err.println("Redis does not tell of product " + id + ": " + gone);
    }
    Entry read = pool.transaction(connection ->
        Pool.text(connection, "select price || ' ' || version from product where id = ?", id)
            .map(row -> entry(id, row)).orElse(new Entry(0, null, 0)));
    if (read.json != null) {
      try {
        toRedis(id, read, begin);
      } catch (IOException gone) {
        System.err.println("Redis does not take product " + id + ": " + gone);
      }
    }
    return kept(new Entry(read.version, read.json, freshUntil));
  }

  private Entry kept(Entry entry) {
    boolean forGood = bugs.has(Bug.STALE_L1) || bugs.has(Bug.NO_INVALIDATION) || bugs.has(Bug.CACHED_ABSENT);
    return forGood ? new Entry(entry.version, entry.json, System.nanoTime() + Duration.ofDays(1).toNanos()) : entry;
  }

  private void toRedis(long id, Entry entry, long readAt) throws IOException {
    String expiry = bugs.has(Bug.NO_INVALIDATION) ? FOR_GOOD : String.valueOf(readAt + IN_REDIS.toMillis());
    redis.ask("EVAL", NEWER, "1", key(id), String.valueOf(entry.version), String.valueOf(entry.json), expiry);
  }

  private static Entry entry(long id, String row) {
    String[] priceAndVersion = row.split(" ", 2);
    long version = Long.parseLong(priceAndVersion[1]);
    return new Entry(
        version, "{\"id\":%d,\"price\":%s,\"version\":%d}".formatted(id, priceAndVersion[0], version), 0);
  }

  private static String key(long id) {
    return "product:" + id;
  }
}
