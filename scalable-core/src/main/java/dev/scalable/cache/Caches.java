package dev.scalable.cache;

import dev.scalable.check.SharedState;
import dev.scalable.http.JsonCodec;
import dev.scalable.redis.Redis;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Makes the caches of a service. Inject it into the provider of a {@link TwoTierCache}. Safe for use by many threads. */
@Singleton
@SharedState("names that are given at start, the same on every instance")
public final class Caches {

  private final Redis redis;
  private final CacheSettings settings;
  private final JsonCodec json;
  private final InvalidationLog invalidations;
  private final Set<String> names = ConcurrentHashMap.newKeySet();

  @Inject
  Caches(Redis redis, CacheSettings settings, JsonCodec json, InvalidationLog invalidations) {
    this.redis = redis;
    this.settings = settings;
    this.json = json;
    this.invalidations = invalidations;
  }

  /**
   * Begins a cache.
   *
   * @param name its name, the same on every instance and in every version of the service that shares its values
   * @param key type of the key: Long, Integer, String or UUID
   * @param value type of the value, written as JSON into Redis
   * @throws IllegalArgumentException if a cache of this name exists, or the key is of another type
   */
  public <K, V> CacheBuilder<K, V> named(String name, Class<K> key, Class<V> value) {
    KeyText<K> keys = KeyText.of(key);
    if (!names.add(name)) {
      throw new IllegalArgumentException("There is a cache called " + name + " already; two would overwrite each other's values");
    }
    return new CacheBuilder<>(name, keys, new Payload<>(value, json), redis, settings, invalidations);
  }
}
