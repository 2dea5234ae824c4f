package dev.scalable.cache;

import dev.scalable.cache.Loaded.Context;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where values are loaded from: the ways to say it, as one.
 *
 * @param one loads a value
 * @param many loads several at once; null where they are loaded one after the other
 * @param asksForStale whether the loader looks at the value that was cached before
 */
record Source<K, V>(Loaded.Loader<K, V> one, CacheLoader.@Nullable Many<K, V> many, boolean asksForStale) {

  static <K, V> Source<K, V> of(CacheLoader<K, V> loader, CacheLoader.@Nullable Many<K, V> many) {
    return new Source<>((key, context) -> loaded(loader.load(key)), many, false);
  }

  private static <V> Loaded<V> loaded(@Nullable V value) {
    return value == null ? new Loaded.Absent<>() : new Loaded.Value<>(value);
  }

  /** Loads values; the result has all the keys. */
  Map<K, Loaded<V>> load(Map<K, Context<V>> wanted) throws Exception {
    Map<K, Loaded<V>> results = new LinkedHashMap<>();
    if (many != null && wanted.size() > 1) {
      Map<K, V> found = many.loadAll(Map.copyOf(wanted).keySet());
      wanted.keySet().forEach(key -> results.put(key, loaded(found.get(key))));
    } else {
      for (Map.Entry<K, Context<V>> each : wanted.entrySet()) {
        results.put(each.getKey(), one.load(each.getKey(), each.getValue()));
      }
    }
    return results;
  }
}
