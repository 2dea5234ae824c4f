package dev.scalable.cache;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import redis.clients.jedis.RedisClient;

/**
 * A process with a cache, for {@link ColdKeyTest}: says READY, waits for a byte, asks for one key on many threads at
 * once, and says how many of them got the value. Each load counts itself in Redis; where it is told to, the first says
 * LOADING and does not return.
 */
public final class ColdKeyReader {

  private static final int CALLERS = 100;

  private ColdKeyReader() {}

  /** Configured by the environment. */
  public static void main(String[] args) throws Exception {
    Map<String, String> environment = System.getenv();
    boolean firstHangs = Boolean.parseBoolean(environment.get("FIRST_HANGS"));
    String counter = environment.get("SCALABLE_CACHE_NAMESPACE") + "-loads";
    try (RedisClient redis = RedisClient.create(URI.create(environment.get("SCALABLE_REDIS_URL")));
        CacheInstance instance = CacheInstance.start(settings(environment))) {
      TwoTierCache<Long, String> cache = instance.caches().named("cold", Long.class, String.class)
          .expireAfterWrite(Duration.ofMinutes(1)).build(id -> {
            if (redis.incr(counter) == 1 && firstHangs) {
              say("LOADING");
              new CountDownLatch(1).await();
            }
            return "value";
          });
      say("READY");
      if (System.in.read() < 0) {
        throw new IOException("the test has ended");
      }
      CountDownLatch go = new CountDownLatch(1);
      List<FutureTask<String>> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        callers.add(CachePair.inBackground(() -> {
          go.await();
          return cache.get(1L);
        }));
      }
      go.countDown();
      int right = 0;
      for (FutureTask<String> caller : callers) {
        right += "value".equals(caller.get()) ? 1 : 0;
      }
      say("DONE " + right);
    }
  }

  /** Without what is not the library's. */
  private static Map<String, String> settings(Map<String, String> environment) {
    return environment.entrySet().stream().filter(entry -> entry.getKey().startsWith("SCALABLE_"))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static void say(String line) {
    System.out.println(ColdKeyTest.SAYS + line);
  }
}
