package dev.scalable.cache;

import dev.scalable.check.SharedState;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Invalidations of this instance that Redis has not acknowledged. Safe for use by many threads. */
@SharedState("what this instance has yet to tell the others")
final class PendingInvalidations {

  /** Each with a mark of its latest failure, so that acknowledging an earlier one does not settle a later one. */
  private final Map<Pending, Object> pending = new ConcurrentHashMap<>();

  /**
   * What is pending.
   *
   * @param cache the cache
   * @param key the key, as its text; null for all keys
   */
  record Pending(String cache, @Nullable String key) {

    @Override
    public String toString() {
      return key == null ? "all of " + cache : cache + " " + key;
    }
  }

  void add(String cache, List<String> keys) {
    keys.forEach(key -> pending.put(new Pending(cache, key), new Object()));
  }

  void addAll(String cache) {
    pending.put(new Pending(cache, null), new Object());
  }

  /** Whether an invalidation of this key, or of all of its cache, is pending. */
  boolean covers(String cache, String key) {
    return !pending.isEmpty()
        && (pending.containsKey(new Pending(cache, key)) || pending.containsKey(new Pending(cache, null)));
  }

  int size() {
    return pending.size();
  }

  Set<Pending> all() {
    return Set.copyOf(pending.keySet());
  }

  /** Tries each again; one that throws leaves itself and the rest as they were, and ends this. */
  void retry(Consumer<Pending> again) {
    for (Map.Entry<Pending, Object> one : List.copyOf(pending.entrySet())) {
      again.accept(one.getKey());
      pending.remove(one.getKey(), one.getValue());
    }
  }
}
