package dev.scalable.benchmarks.race;

import com.alicp.jetcache.Cache;
import com.alicp.jetcache.CacheBuilder;
import com.alicp.jetcache.CacheLoader;
import com.alicp.jetcache.SimpleCacheManager;
import com.alicp.jetcache.anno.CacheConsts;
import com.alicp.jetcache.anno.CacheType;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.alicp.jetcache.redis.lettuce.JetCacheCodec;
import com.alicp.jetcache.redis.lettuce.RedisLettuceCacheBuilder;
import com.alicp.jetcache.support.Fastjson2KeyConvertor;
import com.alicp.jetcache.support.JavaValueDecoder;
import com.alicp.jetcache.support.JavaValueEncoder;
import com.alicp.jetcache.template.CacheBuilderTemplate;
import com.alicp.jetcache.template.NotifyMonitorInstaller;
import com.alicp.jetcache.template.QuickConfig;
import dev.scalable.benchmarks.Stores;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongFunction;

/**
 * JetCache with all that its documentation offers for coherence (docs/EN/GettingStarted, Config, MethodCache and
 * RedisWithLettuce of its repository): both tiers, {@code syncLocal} with a broadcast channel, one load per key and JVM
 * ({@code penetrationProtect}), a shorter time to live near than far ({@code localExpire}), and removal after the
 * commit.
 */
record JetCache(Stores stores) implements Contender.Maker {

  /** As long as our heap may be wrong at most. */
  static final Duration NEAR = Duration.ofSeconds(2);

  @Override
  public String name() {
    return "JetCache";
  }

  @Override
  public Contender start(String group, LongFunction<Item> loader) {
    RedisClient client = RedisClient.create(stores.redis().toString());
    client.setOptions(ClientOptions.builder()
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS).build());
    CacheBuilder near = CaffeineCacheBuilder.createCaffeineCacheBuilder()
        .limit(10_000)
        .keyConvertor(Fastjson2KeyConvertor.INSTANCE);
    CacheBuilder far = RedisLettuceCacheBuilder.createRedisLettuceCacheBuilder()
        .keyConvertor(Fastjson2KeyConvertor.INSTANCE)
        .valueEncoder(JavaValueEncoder.INSTANCE)
        .valueDecoder(JavaValueDecoder.INSTANCE)
        .broadcastChannel(group)
        .redisClient(client)
        .pubSubConnection(broadcasts(client));
    CacheBuilderTemplate template = new CacheBuilderTemplate(true,
        Map.of(CacheConsts.DEFAULT_AREA, near), Map.of(CacheConsts.DEFAULT_AREA, far));
    template.getCacheMonitorInstallers().add(new NotifyMonitorInstaller(area -> template.getCacheBuilder(1, area)));
    SimpleCacheManager manager = new SimpleCacheManager();
    manager.setCacheBuilderTemplate(template);
    Cache<Long, Item> cache = manager.getOrCreateCache(QuickConfig.newBuilder(group)
        .cacheType(CacheType.BOTH)
        .expire(Duration.ofMinutes(10))
        .localExpire(NEAR)
        .localLimit(10_000)
        .syncLocal(true)
        .penetrationProtect(true)
        .loader((CacheLoader<Long, Item>) loader::apply)
        .build());
    return new Contender() {
      @Override
      public Item get(long id) {
        return Objects.requireNonNull(cache.get(id));
      }

      @Override
      public void invalidate(long id) {
        // Waits for Redis. What it returns tells also of a key that was not there; a failure it logs.
        cache.remove(id);
      }

      @Override
      public long refused() {
        return -1;
      }

      @Override
      public void close() {
        manager.close();
        client.shutdown();
      }
    };
  }

  @SuppressWarnings("unchecked") // JetCache's codec is a raw type; it is one of byte arrays
  private static StatefulRedisPubSubConnection<byte[], byte[]> broadcasts(RedisClient client) {
    return client.connectPubSub(new JetCacheCodec());
  }
}
