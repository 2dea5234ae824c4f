package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.TestStack;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import redis.clients.jedis.RedisClient;

/** The cache side of two instances, with the Redis and the PostgreSQL of this run, and a namespace of their own. */
final class CachePair implements AutoCloseable {

  final String namespace = "test-" + UUID.randomUUID();
  final RedisClient redis = RedisClient.create(TestStack.redis().uri());
  final CacheInstance one;
  final CacheInstance two;

  private CachePair(Map<String, String> more) throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("SCALABLE_REDIS_URL", TestStack.redis().uri().toString());
    environment.put("SCALABLE_REDIS_TIMEOUT", "1s");
    environment.put("SCALABLE_DB_URL", TestStack.postgres().jdbcUrl());
    environment.put("SCALABLE_DB_USER", TestStack.postgres().user());
    environment.put("SCALABLE_DB_PASSWORD", TestStack.postgres().password());
    environment.put("SCALABLE_DB_POOL_SIZE", "2");
    environment.put("SCALABLE_CACHE_NAMESPACE", namespace);
    // Longer than this machine may stand still: these tests are not about the proof.
    environment.put("SCALABLE_CACHE_NEAR_VALIDITY", "1m");
    environment.putAll(more);
    one = CacheInstance.begin(environment);
    two = CacheInstance.begin(environment);
    one.awaitProven();
    two.awaitProven();
  }

  static CachePair start(String... settings) throws Exception {
    Map<String, String> more = new HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      more.put(settings[i], settings[i + 1]);
    }
    return new CachePair(more);
  }

  static <T> FutureTask<T> inBackground(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofVirtual().start(task);
    return task;
  }

  String key(String name) {
    return "{" + namespace + "}" + name;
  }

  /** Whether anybody has the right to fill a key. */
  boolean leased(String cache, long key) {
    return redis.exists(key("l:" + cache + ":" + key));
  }

  /** Keeps a right that somebody has from lapsing by itself: it ends when it is given back. */
  void keepLease(String cache, long key) {
    assertThat(redis.persist(key("l:" + cache + ":" + key))).as("somebody has it").isEqualTo(1);
  }

  /** What is stored of a key, header and all. */
  byte[] stored(String cache, long key) {
    return redis.get(key("v:" + cache + ":" + key).getBytes(UTF_8));
  }

  void store(String cache, long key, byte[] bytes) {
    redis.set(key("v:" + cache + ":" + key).getBytes(UTF_8), bytes);
  }

  /** Lets a value come to the end of its time to live: in Redis, and in the heap of an instance. */
  void expire(String cache, long key, TwoTierCache<Long, ?> heap) {
    redis.eval("""
        local v=redis.call('GET',KEYS[1])
        redis.call('SET',KEYS[1],struct.pack('>I8',1)..string.sub(v,9),'KEEPTTL')""",
        List.of(key("v:" + cache + ":" + key)), List.of());
    ((LeasedCache<Long, ?>) heap).invalidated(Long.toString(key));
  }

  @Override
  public void close() throws Exception {
    one.close();
    two.close();
    redis.close();
  }
}
