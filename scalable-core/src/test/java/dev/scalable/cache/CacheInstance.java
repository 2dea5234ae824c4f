package dev.scalable.cache;

import static org.awaitility.Awaitility.await;

import dagger.BindsInstance;
import dagger.Component;
import dev.scalable.TestStack;
import dev.scalable.config.Settings;
import dev.scalable.db.Db;
import dev.scalable.db.DbModule;
import dev.scalable.json.JsonModule;
import dev.scalable.lifecycle.Part;
import dev.scalable.redis.Redis;
import dev.scalable.redis.RedisModule;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The cache side of one instance of a service, of which a test can have several in its JVM. */
final class CacheInstance implements AutoCloseable {

  @Singleton
  @Component(modules = {CacheModule.class, RedisModule.class, DbModule.class, JsonModule.class})
  interface Wiring {
    Caches caches();

    Db db();

    Redis redis();

    InvalidationLog log();

    Outbox outbox();

    Set<Part> parts();

    /** Gives the settings. */
    @Component.Factory
    interface Factory {
      Wiring of(@BindsInstance Settings settings);
    }
  }

  private final Wiring wiring;
  private final List<Part> parts;

  private CacheInstance(Map<String, String> environment) {
    wiring = DaggerCacheInstance_Wiring.factory().of(Settings.of(environment));
    parts = wiring.parts().stream().sorted(Comparator.comparing(Part::stage)).toList();
  }

  /** The settings of an instance with the test stack's PostgreSQL and this Redis; then names and values of others. */
  static Map<String, String> environment(String namespace, URI redis, String... others) {
    Map<String, String> environment = new HashMap<>();
    environment.put("SCALABLE_REDIS_URL", redis.toString());
    environment.put("SCALABLE_REDIS_TIMEOUT", "500ms");
    environment.put("SCALABLE_DB_URL", TestStack.postgres().jdbcUrl());
    environment.put("SCALABLE_DB_USER", TestStack.postgres().user());
    environment.put("SCALABLE_DB_PASSWORD", TestStack.postgres().password());
    environment.put("SCALABLE_DB_POOL_SIZE", "3");
    environment.put("SCALABLE_CACHE_NAMESPACE", namespace);
    for (int i = 0; i < others.length; i += 2) {
      environment.put(others[i], others[i + 1]);
    }
    return environment;
  }

  /** Starts one, and waits until its heap may be served. */
  static CacheInstance start(Map<String, String> environment) throws Exception {
    CacheInstance instance = begin(environment);
    instance.awaitProven();
    return instance;
  }

  /** Starts one, whose heap may be served soon: to start another meanwhile. */
  static CacheInstance begin(Map<String, String> environment) throws Exception {
    CacheInstance instance = new CacheInstance(environment);
    for (Part part : instance.parts) {
      part.start();
    }
    return instance;
  }

  void awaitProven() {
    await().until(this::proven);
  }

  boolean proven() {
    return wiring.log().validity().holds(System.nanoTime());
  }

  Validity validity() {
    return wiring.log().validity();
  }

  /** How often its heap was emptied since something may have been missed. */
  int losses() {
    return wiring.log().validity().losses();
  }

  boolean pending(String cache, String key) {
    return wiring.log().pending(cache, key);
  }

  boolean reading() {
    return wiring.log().reading();
  }

  String epoch() {
    return wiring.log().epoch();
  }

  Outbox outbox() {
    return wiring.outbox();
  }

  void stopLog() {
    try {
      wiring.log().stop();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  Caches caches() {
    return wiring.caches();
  }

  Db db() {
    return wiring.db();
  }

  @Override
  public void close() throws Exception {
    for (Part part : parts.reversed()) {
      part.stop();
    }
  }
}
