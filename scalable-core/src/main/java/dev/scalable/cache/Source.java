package dev.scalable.cache;

import dev.scalable.cache.Loaded.Context;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where values are loaded from: the ways to say it, as one.
 *
 * @param plain loads a value; null where there is a {@code telling} one
 * @param telling loads a value and says for how long it is good; null where there is a plain one
 * @param many loads several at once; null where they are loaded one after the other
 */
record Source<K, V>(@Nullable CacheLoader<K, V> plain, Loaded.@Nullable Loader<K, V> telling,
    CacheLoader.@Nullable Many<K, V> many) {

  /** Whether the loader looks at the value that was cached before. */
  boolean asksForStale() {
    return telling != null;
  }

  /** Loads values; the result has all the keys. */
  Map<K, Loaded<V>> load(Map<K, Context<V>> wanted) throws Exception {
    Map<K, Loaded<V>> results = new LinkedHashMap<>();
    if (many != null && wanted.size() > 1) {
      Map<K, V> found = many.loadAll(Map.copyOf(wanted).keySet());
      wanted.keySet().forEach(key -> results.put(key, loaded(found.get(key))));
    } else {
      for (Map.Entry<K, Context<V>> each : wanted.entrySet()) {
        results.put(each.getKey(), one(each.getKey(), each.getValue()));
      }
    }
    return results;
  }

  private Loaded<V> one(K key, Context<V> context) throws Exception {
    if (telling != null) {
      return telling.load(key, context);
    }
    return loaded(Objects.requireNonNull(plain).load(key));
  }

  private static <V> Loaded<V> loaded(@Nullable V value) {
    return value == null ? new Loaded.Absent<>() : new Loaded.Value<>(value);
  }
}
