package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.RedisClient;

/** A cache of items on each of two instances with one Redis, and a map for the database, which has one item. */
final class ItemCaches implements AutoCloseable {

  record Item(long id, String name) {}

  /** The validity bound of these; the library's own is 2 s. */
  static final Duration BOUND = Duration.ofMillis(600);

  final CacheInstance one;
  final CacheInstance two;
  final TwoTierCache<Long, Item> first;
  final TwoTierCache<Long, Item> second;
  final RedisClient redis;
  final Map<Long, Item> source = new ConcurrentHashMap<>(Map.of(1L, item("old")));
  /** How often the source was asked. */
  final AtomicInteger loads = new AtomicInteger();
  private final CachePair pair;
  private final String redisPid;

  ItemCaches() throws Exception {
    pair = CachePair.start("SCALABLE_REDIS_TIMEOUT", "300ms", "SCALABLE_CACHE_LOAD_TIMEOUT", "1s",
        "SCALABLE_CACHE_NEAR_VALIDITY", BOUND.toMillis() + "ms");
    one = pair.one;
    two = pair.two;
    redis = pair.redis;
    first = cache(one);
    second = cache(two);
    // Asked for now, since one that stands still does not say.
    redisPid = redis.info("server").lines().filter(line -> line.startsWith("process_id:")).findFirst()
        .orElseThrow().substring("process_id:".length()).strip();
  }

  private TwoTierCache<Long, Item> cache(CacheInstance instance) {
    return instance.caches().named("item", Long.class, Item.class).expireAfterWrite(Duration.ofMinutes(1))
        .build(this::load);
  }

  @Nullable Item load(Long id) {
    loads.incrementAndGet();
    return source.get(id);
  }

  /** The item that there is, by one of its names. */
  static Item item(String name) {
    return new Item(1, name);
  }

  /** What a key of the caches is in Redis. */
  String key(String name) {
    return pair.key(name);
  }

  /** Redis stands still, with its connections open. */
  void pauseRedis() throws IOException, InterruptedException {
    signal("STOP");
  }

  void resumeRedis() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + name, redisPid).start().waitFor()).isZero();
  }

  /** Nothing of an instance is left when it has stopped. */
  @Override
  public void close() throws Exception {
    pair.close();
    assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName).doesNotContain("invalidation-log");
  }
}
